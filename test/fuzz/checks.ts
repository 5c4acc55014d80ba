const MAX_EXAMPLES = 5;

/** Named checks: each passes when nothing was held against it. */
export class Checks {
  readonly #failures = new Map<string, string[]>();
  readonly #counts = new Map<string, number>();

  constructor(names: readonly string[]) {
    for (const name of names) this.#failures.set(name, []);
  }

  /** @throws TypeError for a check that was not announced. */
  fail(name: string, example: string): void {
    const examples = this.#failures.get(name);
    if (examples === undefined) throw new TypeError(`there is no check '${name}'`);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    if (examples.length < MAX_EXAMPLES) examples.push(example);
  }

  /** Every check, with the first examples against it and how many there were. */
  results(): readonly CheckResult[] {
    return [...this.#failures].map(([name, examples]) => ({ name, examples, failures: this.#counts.get(name) ?? 0 }));
  }
}

export interface CheckResult {
  readonly name: string;
  readonly failures: number;
  readonly examples: readonly string[];
}
