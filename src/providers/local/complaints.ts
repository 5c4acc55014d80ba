import type { Log } from '../../core/log.ts';

/** Logs what is wrong with the files: once for each distinct problem, and once when all is well again. */
export class Complaints {
  readonly #provider: string;
  readonly #log: Log;
  #open: ReadonlySet<string> = new Set();

  constructor(provider: string, log: Log) {
    this.#provider = provider;
    this.#log = log;
  }

  /** @param problems all that are wrong now, as sentences without a value. */
  report(problems: readonly string[]): void {
    const before = this.#open;
    this.#open = new Set(problems);
    const fields = { provider: this.#provider };
    for (const problem of this.#open.difference(before))
      this.#log.error(fields, `${problem}; its last good state is served`);
    if (before.size > 0 && problems.length === 0) this.#log.info(fields, 'the local secrets are read again');
  }
}
