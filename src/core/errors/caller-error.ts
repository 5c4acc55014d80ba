import { SecretsError } from './secrets-error.ts';

/** Our own refusal: who is calling, or what they may do. */
export class CallerError extends SecretsError<'CallerError'> {
  readonly category = 'CallerError';

  override get retryable(): boolean {
    return this.code === 'CallerRateLimited';
  }
}
