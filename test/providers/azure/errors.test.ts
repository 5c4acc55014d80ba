import { inspect } from 'node:util';
import t from 'tap';
import type { SecretsError } from '../../../src/core/errors/secrets-error.ts';
import { toAnswer } from '../../../src/providers/azure/answer.ts';
import { toSecretError } from '../../../src/providers/azure/errors.ts';

const VERSION = 'f'.repeat(32);

interface Spelled {
  readonly code?: string;
  readonly inner?: string;
  readonly message?: string;
  /** How the inner error is spelled. */
  readonly key?: string;
}

function errorOf(
  status: number,
  { code = 'Forbidden', inner, message = 'message-canary', key = 'innererror' }: Spelled,
  version?: string,
): SecretsError {
  const error = { code, message, ...(inner !== undefined && { [key]: { code: inner } }) };
  return errorOfText(status, JSON.stringify({ error }), version);
}

function errorOfText(status: number, text: string, version?: string): SecretsError {
  const headers = new Map([['retry-after', '7']]);
  return toSecretError(toAnswer({ status, headers, text }, 0), {
    id: 'app/db',
    ...(version !== undefined && { version }),
  });
}

const cases: readonly (readonly [SecretsError, string, RegExp])[] = [
  [errorOf(404, { code: 'SecretNotFound' }), 'SecretNotFoundError/SecretDoesNotExist', /no secret 'app\/db'/],
  [errorOf(404, { code: 'SecretNotFound' }, VERSION), 'SecretNotFoundError/VersionNotFound', /no version f+/],
  [
    errorOf(409, { code: 'Conflict', inner: 'ObjectIsDeletedButRecoverable' }),
    'SecretNotFoundError/SecretDoesNotExist',
    /is deleted and recoverable/,
  ],
  [
    errorOf(409, { code: 'Conflict', inner: 'ObjectIsBeingDeleted' }),
    'SecretNotFoundError/SecretDoesNotExist',
    /is being deleted/,
  ],
  [errorOf(409, { code: 'Conflict' }), 'ProviderError/ProviderUnavailable', /status 409/],
  [
    errorOf(403, { inner: 'SecretDisabled' }),
    'SecretNotFoundError/VersionNotFound',
    /the current version of 'app\/db' is disabled/,
  ],
  [
    errorOf(403, { inner: 'SecretDisabled', key: 'innerError' }, VERSION),
    'SecretNotFoundError/VersionNotFound',
    /version f+ of 'app\/db' is disabled/,
  ],
  [errorOf(403, { inner: 'ForbiddenByRbac' }), 'AccessError/AccessDenied', /'app\/db': .*'Key Vault Secrets User'/],
  [errorOf(403, { inner: 'ForbiddenByPolicy' }), 'AccessError/ResourcePolicyDenied', /access policies/],
  [errorOf(403, { inner: 'AccessDenied' }), 'AccessError/AccessDenied', /does not give our identity access/],
  [
    errorOf(403, { message: 'Caller is not authorized to perform action on resource.' }),
    'AccessError/AccessDenied',
    /Secrets User/,
  ],
  [
    errorOf(403, { message: 'X does not have secrets get permission on key vault' }),
    'AccessError/ResourcePolicyDenied',
    /access policies/,
  ],
  [errorOf(403, { inner: 'ForbiddenByFirewall' }), 'ProviderError/ProviderUnavailable', /firewall/],
  [errorOf(403, { inner: 'ForbiddenByConnection' }), 'ProviderError/ProviderUnavailable', /firewall/],
  [
    errorOf(403, { message: 'Client address is not authorized and caller is not a trusted service.' }),
    'ProviderError/ProviderUnavailable',
    /firewall/,
  ],
  [
    errorOf(403, { message: 'Public network access is disabled and request is not from a trusted service' }),
    'ProviderError/ProviderUnavailable',
    /firewall/,
  ],
  [errorOf(403, {}), 'ProviderError/ProviderUnavailable', /status 403/],
  [errorOf(403, { inner: 'SomethingNew' }), 'ProviderError/ProviderUnavailable', /status 403/],
  [errorOf(404, { code: 'VaultNotFound' }), 'ProviderError/ProviderUnavailable', /status 404/],
  [
    errorOf(401, { code: 'Unauthorized', message: 'AKV10032: Invalid issuer.' }),
    'AuthenticationError/InvalidCredentials',
    /another tenant/,
  ],
  [
    errorOf(401, { code: 'Unauthorized', message: 'AKV10022: Invalid audience.' }),
    'AuthenticationError/InvalidCredentials',
    /authorityHost/,
  ],
  [errorOf(401, { code: 'Unauthorized' }), 'AuthenticationError/ExpiredCredentials', /does not accept the token/],
  [errorOf(400, { code: 'BadParameter' }), 'ConfigurationError/InvalidPathPattern', /does not accept the request/],
  [errorOf(429, { code: 'Throttled' }), 'ProviderError/RateLimited', /limits the rate/],
  [errorOf(500, { code: 'InternalServerError' }), 'ProviderError/InternalError', /failed inside/],
  [errorOf(503, { code: 'ServiceUnavailable' }), 'ProviderError/ProviderUnavailable', /status 503/],
  [errorOfText(403, '<html>no</html>'), 'ProviderError/ProviderUnavailable', /not of a Key Vault/],
  [errorOfText(404, '<html>no</html>', VERSION), 'ProviderError/ProviderUnavailable', /not of a Key Vault/],
  [errorOfText(404, '{"error":"not_found"}'), 'ProviderError/ProviderUnavailable', /not of a Key Vault/],
  [errorOfText(200, '{"error":{"code":"SecretNotFound"}}'), 'ProviderError/ProviderUnavailable', /not of a Key Vault/],
  [errorOfText(307, ''), 'ProviderError/ProviderUnavailable', /redirects/],
  [errorOfText(429, ''), 'ProviderError/RateLimited', /limits the rate/],
];
for (const [error, expected, message] of cases) {
  t.equal(`${error.category}/${error.code}`, expected, error.message);
  t.match(error.message, message);
  t.notMatch(inspect(error, { depth: 9, showHidden: true }), /canary/);
  if (error.category === 'ProviderError') t.equal(error.details.retryAfterMs, 7_000);
}
t.match(
  toSecretError(
    toAnswer(
      {
        status: 403,
        headers: new Map(),
        text: '{"error":{"code":"Forbidden","innererror":{"code":"ForbiddenByRbac"}}}',
      },
      0,
    ),
    { id: '' },
  ).message,
  /the secrets of the vault/,
);
