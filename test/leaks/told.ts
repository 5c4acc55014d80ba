import { findLeaks } from '../e2e/find-leaks.ts';
import type { Answer, Witness } from '../e2e/http.ts';
import type { Canaries } from './canaries.ts';

/** What answers hold: all of those that no value belongs in, and the headers of all. */
export class Told {
  text = '';
  /** Values that came with another, or tokens that came with a value. */
  readonly mixedUp: string[] = [];
  readonly served = new Set<string>();
  readonly codes = new Set<unknown>();
  readonly #canaries: Canaries;
  readonly #values: readonly string[];

  /** @param values that may be answered to who asks for them */
  constructor(canaries: Canaries, values: readonly string[]) {
    this.#canaries = canaries;
    this.#values = values;
  }

  readonly witness: Witness = ({ status, headers, text, json }: Answer): void => {
    this.text += `${JSON.stringify(headers)}\n`;
    if (status >= 400) this.codes.add(Object(json).code);
    const allowed = this.#values.find(
      (value) => text.includes(value) || text.includes(JSON.stringify(value).slice(1, -1)),
    );
    if (status !== 200 || allowed === undefined) this.text += `${text}\n`;
    else {
      this.served.add(allowed);
      if (typeof Object(json).value === 'string') this.mixedUp.push(...findLeaks(text, this.#canaries.allBut(allowed)));
    }
  };
}
