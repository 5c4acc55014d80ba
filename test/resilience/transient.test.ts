import { test } from 'tap';
import { BreakerOpenError } from '../../src/resilience/breaker-open-error.ts';
import { BudgetSpentError } from '../../src/resilience/budget-spent-error.ts';
import { countsForBreaker, isThrottled, isTransient, wasNotAsked } from '../../src/resilience/transient.ts';
import { everyError } from '../fakes/every-error.ts';

const codesThat = (holds: (error: unknown) => boolean): readonly string[] =>
  everyError()
    .filter(holds)
    .map(({ code }) => code)
    .sort();

// The table of design §3.
test('what an older value may answer for', async (t) => {
  t.same(codesThat(isTransient), [
    'ConnectionFailed',
    'ExpiredCredentials',
    'InsufficientPermissions',
    'InternalError',
    'InvalidCredentials',
    'ProviderUnavailable',
    'QuotaExceeded',
    'RateLimited',
    'Timeout',
    'TlsError',
    'TokenRefreshFailed',
  ]);
  t.notOk(isTransient(new TypeError('x')));
});

test('what is a sign of a store in trouble', async (t) => {
  t.same(codesThat(countsForBreaker), [
    'ConnectionFailed',
    'InternalError',
    'ProviderUnavailable',
    'Timeout',
    'TlsError',
  ]);
  t.notOk(countsForBreaker(new TypeError('x')));
});

test('what asks us to slow down', async (t) => {
  t.same(codesThat(isThrottled), ['QuotaExceeded', 'RateLimited']);
  t.notOk(isThrottled(new TypeError('x')));
});

test('what never reached the store', async (t) => {
  t.same(codesThat(wasNotAsked), []);
  for (const error of [new BreakerOpenError('vault', 1), new BudgetSpentError('vault', 1)]) {
    t.ok(wasNotAsked(error));
    t.ok(isTransient(error), 'an older value may answer for it');
  }
});
