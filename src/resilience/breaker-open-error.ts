import { ProviderError } from '../core/errors/provider-error.ts';

/** The breaker of the instance is open: the store was not asked. */
export class BreakerOpenError extends ProviderError {
  constructor(provider: string, retryAfterMs: number) {
    super('ProviderUnavailable', `provider '${provider}' failed repeatedly and is given a pause`, {
      provider,
      retryAfterMs,
    });
  }
}
