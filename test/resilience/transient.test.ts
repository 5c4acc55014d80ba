import { test } from 'tap';
import { countsForBreaker, isTransient } from '../../src/resilience/transient.ts';
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
