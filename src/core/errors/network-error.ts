import { SecretsError } from './secrets-error.ts';

/** The store could not be reached, or did not answer in time. */
export class NetworkError extends SecretsError<'NetworkError'> {
  readonly category = 'NetworkError';

  override get retryable(): boolean {
    return true;
  }
}
