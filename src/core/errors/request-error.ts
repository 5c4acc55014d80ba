import { SecretsError } from './secrets-error.ts';

const RETRYABLE: readonly string[] = ['Overloaded', 'Draining', 'RequestTimeout', 'AuditUnavailable'];

/** The HTTP request itself was refused, before any secret was looked at. */
export class RequestError extends SecretsError<'RequestError'> {
  readonly category = 'RequestError';

  override get retryable(): boolean {
    return RETRYABLE.includes(this.code);
  }
}
