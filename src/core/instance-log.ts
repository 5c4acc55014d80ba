import type { Log } from './log.ts';
import type { SecretsError } from './errors/secrets-error.ts';

/** Tells the operator what is wrong with the instance: once, and again when it changes or comes back. */
export class InstanceLog {
  readonly #log: Log;
  readonly #provider: string;
  #last: string | undefined;

  constructor(log: Log, provider: string) {
    this.#log = log;
    this.#provider = provider;
  }

  /** Passes the error on. */
  report<E extends SecretsError>(error: E): E {
    if (error.message === this.#last) return error;
    this.#last = error.message;
    const fields = { provider: this.#provider, error: error.category, code: error.code };
    if (error.code === 'RateLimited' || error.code === 'QuotaExceeded') this.#log.warn(fields, error.message);
    else this.#log.error(fields, error.message);
    return error;
  }

  warn(message: string): void {
    this.#log.warn({ provider: this.#provider }, message);
  }

  /** The instance works. */
  clear(): void {
    if (this.#last !== undefined) this.#log.info({ provider: this.#provider }, 'the store works again');
    this.#last = undefined;
  }
}
