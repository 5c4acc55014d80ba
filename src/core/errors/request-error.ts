import { SecretsError } from './secrets-error.ts';

/** The HTTP request itself was refused, before any secret was looked at. */
export class RequestError extends SecretsError<'RequestError'> {
  readonly category = 'RequestError';

  override get retryable(): boolean {
    return this.code === 'Overloaded' || this.code === 'Draining' || this.code === 'RequestTimeout';
  }
}
