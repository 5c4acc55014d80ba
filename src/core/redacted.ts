const MASK = '[redacted]';
// `inspect.custom` of `node:util`, by the name that Node documents: the declaration needs no types of Node then.
const inspectSymbol: unique symbol = Symbol.for('nodejs.util.inspect.custom');

/**
 * Holds a credential or a secret value so that it cannot be printed by accident: `toString`, `toJSON` and `inspect`
 * show `[redacted]`. Only `expose()` gives the value; search for its callers to see every place that does.
 */
export class Redacted<T extends string | Uint8Array = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself, for the one place that sends it where it has to go. */
  expose(): T {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspectSymbol](): string {
    return MASK;
  }
}
