import { test } from 'tap';
import { BudgetSpentError } from '../../src/resilience/budget-spent-error.ts';

test('it is a rate limit of our own that says when to come back', async (t) => {
  const error = new BudgetSpentError('vault', 1_200);
  t.match(error, { category: 'ProviderError', code: 'RateLimited', retryable: true });
  t.match(error.details, { provider: 'vault', retryAfterMs: 1_200 });
  t.match(error.message, "provider 'vault'");
});
