import { test } from 'tap';
import { BreakerOpenError } from '../../src/resilience/breaker-open-error.ts';

test('it is an unavailable provider that says when to come back', async (t) => {
  const error = new BreakerOpenError('vault', 12_000);
  t.match(error, { category: 'ProviderError', code: 'ProviderUnavailable', retryable: true });
  t.match(error.details, { provider: 'vault', retryAfterMs: 12_000 });
  t.match(error.message, "provider 'vault'");
});
