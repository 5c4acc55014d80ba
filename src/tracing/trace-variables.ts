import { type Environment, variable } from '../core/environment.ts';
import { parsePairs } from './pairs.ts';

/** Reads `OTEL_*` variables, and collects what is wrong with them. No message holds a value: some are credentials. */
export class TraceVariables {
  readonly problems: string[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  text(name: string): string | undefined {
    return variable(this.#env, name)?.trim();
  }

  /** The first of the names that is set: a variable for traces alone comes before that for every signal. */
  firstOf(...names: readonly string[]): { readonly name: string; readonly value: string } | undefined {
    for (const name of names) {
      const value = this.text(name);
      if (value !== undefined) return { name, value };
    }
    return undefined;
  }

  choice<const T extends string>(names: readonly string[], choices: readonly T[]): T | undefined {
    const given = this.firstOf(...names);
    const found = choices.find((choice) => choice === given?.value);
    if (given !== undefined && found === undefined) this.wrong(given.name, `has to be one of ${choices.join(', ')}`);
    return found;
  }

  /** A whole number above 0. */
  count(names: readonly string[], fallback: number): number {
    const given = this.firstOf(...names);
    if (given === undefined) return fallback;
    const count = /^\d{1,9}$/.test(given.value) ? Number(given.value) : 0;
    if (count === 0) this.wrong(given.name, 'has to be a whole number above 0');
    return count === 0 ? fallback : count;
  }

  pairs(name: string): ReadonlyMap<string, string> {
    const pairs = parsePairs(this.text(name) ?? '');
    if (pairs === undefined) this.wrong(name, "has to be a list such as 'name=value,name=value', percent-encoded");
    return pairs ?? new Map();
  }

  wrong(name: string, what: string): void {
    this.problems.push(`${name} ${what}`);
  }
}
