/** What must be known of ourselves to tell an ARN of our own account and region from another one. */
export interface OwnPlace {
  readonly region: string | undefined;
  /** The twelve digits; undefined until STS or a first answer has told. */
  readonly account: string | undefined;
}
