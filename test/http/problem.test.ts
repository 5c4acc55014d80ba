import { test } from 'tap';
import { codesByCategory, type ErrorCode } from '../../src/core/errors/codes.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { retryAfterSeconds, toProblem } from '../../src/http/problem.ts';
import { ResolveFailure } from '../../src/resolver/resolve-failure.ts';
import { everyError } from '../fakes/every-error.ts';

// The table of design §3, turned round.
const codesOf: Readonly<Record<number, readonly string[]>> = {
  400: [
    ...codesByCategory.ConfigurationError,
    'InvalidReference',
    'UnknownParameter',
    'InvalidParameter',
    'InvalidPath',
    'InvalidBody',
    'MalformedRequest',
  ],
  401: ['NotAuthenticated'],
  403: [...codesByCategory.AccessError, 'HostNotAllowed', 'ForwardedRequest', 'CrossSite', 'PolicyDenied'],
  404: [...codesByCategory.SecretNotFoundError, 'RouteNotFound'],
  405: ['MethodNotAllowed'],
  408: ['RequestTimeout'],
  409: ['RotationInProgress'],
  413: ['PayloadTooLarge'],
  415: ['UnsupportedMediaType'],
  422: ['RotationNotConfigured', 'InvalidSecretFormat', 'JsonParseError', 'KeyNotFound'],
  429: ['RateLimited', 'QuotaExceeded', 'CallerRateLimited'],
  431: ['HeadersTooLarge'],
  500: [...codesByCategory.CacheError],
  501: ['DryRun', 'NotRecorded'],
  502: [...codesByCategory.AuthenticationError, 'RotationFailed', 'InternalError', 'ConnectionFailed', 'TlsError'],
  503: ['ProviderUnavailable', 'Overloaded', 'Draining', 'AuditUnavailable'],
  504: ['Timeout'],
};

const errorOf = (code: ErrorCode) => {
  const found = everyError({ path: 'db' }).find((error) => error.code === code);
  if (found === undefined) throw new Error(`no error of code ${code}`);
  return found;
};

test('every code has its status', async (t) => {
  const statuses = everyError().map((error) => [error.code, toProblem(error, 'r').status]);
  const expected = Object.entries(codesOf).flatMap(([status, codes]) => codes.map((code) => [code, Number(status)]));
  t.strictSame(Object.fromEntries(statuses), Object.fromEntries(expected));
});

test('a problem tells what RFC 9457 and the design name, and nothing else', async (t) => {
  const cause = new Error('https://vault.internal/v1/x: token hvs.x');
  const error = new ProviderError('RateLimited', 'slow down', {
    cause,
    retryAfterMs: 1,
    provider: 'vault',
    path: 'db',
  });
  t.strictSame(toProblem(error, 'r1'), {
    type: 'about:blank',
    title: 'Too Many Requests',
    status: 429,
    detail: 'slow down',
    error: 'ProviderError',
    code: 'RateLimited',
    retryable: true,
    provider: 'vault',
    path: 'db',
    requestId: 'r1',
  });
  t.notOk('path' in toProblem(new ProviderError('RateLimited', 'x'), 'r1'));
});

test('what is no error of ours tells nothing', async (t) => {
  for (const thrown of [
    new Error('kf-hidden'),
    'kf-hidden',
    { message: 'kf-hidden', statusCode: 404 },
    undefined,
    null,
  ]) {
    const problem = toProblem(thrown, 'r1');
    t.match(problem, { status: 500, error: 'InternalError', code: 'Unexpected', retryable: false, requestId: 'r1' });
    t.notMatch(JSON.stringify(problem), 'kf-hidden');
  }
});

test('`Retry-After` is whole seconds, one at least, and always there with 429 and 503', async (t) => {
  const after = (code: 'RateLimited' | 'InternalError', retryAfterMs: number): number | undefined =>
    retryAfterSeconds(new ProviderError(code, 'x', { retryAfterMs }));
  t.equal(after('RateLimited', 0), 1);
  t.equal(after('RateLimited', 1_000), 1);
  t.equal(after('RateLimited', 1_001), 2);
  t.equal(after('InternalError', 30_000), 30);
  for (const error of everyError()) {
    const { status } = toProblem(error, 'r');
    t.equal(retryAfterSeconds(error), status === 429 || status === 503 ? 1 : undefined, error.code);
  }
  t.equal(retryAfterSeconds(new Error('x')), undefined);
});

const failure = (...codes: readonly ErrorCode[]): ResolveFailure =>
  new ResolveFailure(
    codes.map((code, index) => ({
      reference: `{{secret:${index}}}`,
      line: index + 1,
      column: 7,
      excerpt: `{{secret:${index}}}\n^`,
      error: errorOf(code),
    })),
    codes.map(errorOf),
  );

test('a failed resolve has the status of its weightiest failure: 400, 403, 404 or 422, upstream', async (t) => {
  const rows: readonly [number, ...ErrorCode[]][] = [
    [400, 'Timeout', 'KeyNotFound', 'AccessDenied', 'InvalidReference'],
    [403, 'SecretDoesNotExist', 'Timeout', 'PolicyDenied'],
    [404, 'Timeout', 'SecretDoesNotExist'],
    [404, 'KeyNotFound', 'VersionNotFound'],
    [422, 'ProviderUnavailable', 'KeyNotFound'],
    [504, 'Timeout', 'RateLimited'],
    [503, 'ProviderUnavailable'],
  ];
  for (const [status, ...codes] of rows) t.equal(toProblem(failure(...codes), 'r').status, status, codes.join());
});

test('it lists its failures, in order', async (t) => {
  const problem = toProblem(failure('Timeout', 'SecretDoesNotExist'), 'r1');
  t.match(problem, {
    status: 404,
    error: 'SecretNotFoundError',
    code: 'SecretDoesNotExist',
    requestId: 'r1',
    errorCount: 2,
    detail: '2 references failed, first in line 1: m',
  });
  t.strictSame(problem.errors, [
    {
      reference: '{{secret:0}}',
      error: 'NetworkError',
      code: 'Timeout',
      status: 504,
      line: 1,
      column: 7,
      detail: 'm',
      excerpt: '{{secret:0}}\n^',
    },
    {
      reference: '{{secret:1}}',
      error: 'SecretNotFoundError',
      code: 'SecretDoesNotExist',
      status: 404,
      line: 2,
      column: 7,
      detail: 'm',
      excerpt: '{{secret:1}}\n^',
    },
  ]);
  t.notOk('path' in problem, 'the path of one of them would mislead');
});

test('all are counted, also those that are not listed', async (t) => {
  const { failures, errors } = failure('KeyNotFound');
  t.match(toProblem(new ResolveFailure(failures, [...errors, ...errors]), 'r1'), {
    errorCount: 2,
    errors: { length: 1 },
    detail: '2 references failed, first in line 1: m',
  });
});

test('its `Retry-After` is that of the failure that gave the status', async (t) => {
  t.equal(retryAfterSeconds(failure('ProviderUnavailable')), 1);
  t.equal(retryAfterSeconds(failure('ProviderUnavailable', 'KeyNotFound')), undefined);
});
