/** What is wrong with a reference, and where. */
export class ReferenceFault {
  /** Offset of the character that it is about, from the first one of the reference. */
  readonly at: number;
  /** Lower case, without a final period; it begins with `the reference`. */
  readonly message: string;

  constructor(at: number, what: string) {
    this.at = at;
    this.message = `the reference ${what}`;
  }
}
