import { ProviderError } from '../core/errors/provider-error.ts';

/** Our own limit of calls to the source was met: it was not asked. */
export class BudgetSpentError extends ProviderError {
  constructor(provider: string, retryAfterMs: number) {
    super('RateLimited', `provider '${provider}' has been asked as often as 'budget' allows`, {
      provider,
      retryAfterMs,
    });
  }
}
