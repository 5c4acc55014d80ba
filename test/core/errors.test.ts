import { test } from 'tap';
import { codesByCategory } from '../../src/core/errors/codes.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { isSecretsError } from '../../src/core/errors/secrets-error.ts';
import { everyError } from '../fakes/every-error.ts';

test('every code is of one category, and every category has its class', async (t) => {
  const codes = Object.values(codesByCategory).flat();
  t.equal(new Set(codes).size, codes.length);
  const made = Object.groupBy(everyError(), (error) => error.category);
  t.strictSame(
    Object.fromEntries(Object.entries(made).map(([category, errors]) => [category, errors.map(({ code }) => code)])),
    codesByCategory,
  );
});

test('the nine categories of the specification and our two', async (t) => {
  t.same(Object.keys(codesByCategory).sort(), [
    'AccessError',
    'AuthenticationError',
    'CacheError',
    'CallerError',
    'ConfigurationError',
    'NetworkError',
    'ParseError',
    'ProviderError',
    'RequestError',
    'RotationError',
    'SecretNotFoundError',
  ]);
});

test('an error is known by its category, whatever a bundler does to class names', async (t) => {
  for (const error of everyError()) {
    t.equal(error.name, error.category);
    t.ok(isSecretsError(error));
  }
  t.notOk(isSecretsError(new Error('x')));
  t.notOk(isSecretsError({ category: 'ProviderError', code: 'InternalError', details: {} }));
});

test('which are worth another try', async (t) => {
  const retryable = everyError().filter((error) => error.retryable);
  t.same(
    retryable.map(({ code }) => code).sort(),
    [
      ...codesByCategory.ProviderError,
      ...codesByCategory.NetworkError,
      'CallerRateLimited',
      'Draining',
      'AuditUnavailable',
      'Overloaded',
      'RequestTimeout',
    ].sort(),
  );
});

test('it carries its details and its cause', async (t) => {
  const cause = new Error('below');
  const error = new ProviderError('RateLimited', 'slow down', { cause, retryAfterMs: 5, provider: 'p', path: 'a' });
  t.match(error, { code: 'RateLimited', message: 'slow down', cause });
  t.match(error.details, { retryAfterMs: 5, provider: 'p', path: 'a' });
  t.notOk('cause' in new ProviderError('RateLimited', 'slow down'));
});
