import { SecretsError } from './secrets-error.ts';

/** The store is there and failed: down, throttling, over quota or broken inside. */
export class ProviderError extends SecretsError<'ProviderError'> {
  readonly category = 'ProviderError';

  override get retryable(): boolean {
    return true;
  }
}
