import { test } from 'tap';
import { stateOf, toInstanceError, toSecretError, type Subject } from '../../../src/providers/gcp/errors.ts';
import { parseRpcStatus, type RpcStatus } from '../../../src/credentials/gcp/rpc-status.ts';
import { rpcError, type RpcCode, type RpcDetails } from '../../fakes/fake-gcp-errors.ts';

function failure(code: RpcCode, message = '', details: RpcDetails = {}): RpcStatus {
  const { status, body } = rpcError(code, message, details);
  const parsed = parseRpcStatus({ status, headers: new Map(), text: JSON.stringify(body) }, 0);
  if (parsed === undefined) throw new Error('no failure');
  return parsed;
}

const reason = (name: string, metadata = {}): RpcDetails => ({ reason: name, metadata });
const other = (status: string): RpcStatus => ({ ...failure('INTERNAL'), status });

const instance: readonly (readonly [string, RpcStatus])[] = [
  ['AuthenticationError/InvalidCredentials', failure('UNAUTHENTICATED', '', reason('CREDENTIALS_MISSING'))],
  ['AuthenticationError/InvalidCredentials', failure('UNAUTHENTICATED')],
  ['AuthenticationError/ExpiredCredentials', failure('UNAUTHENTICATED', '', reason('ACCESS_TOKEN_EXPIRED'))],
  ['ProviderError/ProviderUnavailable', failure('PERMISSION_DENIED', '', reason('SERVICE_DISABLED'))],
  ['ProviderError/ProviderUnavailable', failure('PERMISSION_DENIED', '', reason('BILLING_DISABLED'))],
  ['ProviderError/ProviderUnavailable', failure('PERMISSION_DENIED', '', reason('CONSUMER_INVALID'))],
  ['ProviderError/ProviderUnavailable', failure('PERMISSION_DENIED', '', reason('CONSUMER_SUSPENDED'))],
  ['ProviderError/ProviderUnavailable', failure('PERMISSION_DENIED', '', reason('RESOURCE_PROJECT_INVALID'))],
  ['ProviderError/ProviderUnavailable', failure('PERMISSION_DENIED', '', reason('SECURITY_POLICY_VIOLATED'))],
  [
    'ProviderError/ProviderUnavailable',
    failure('PERMISSION_DENIED', 'Request is prohibited by organization’s policy.'),
  ],
  ['AuthenticationError/InsufficientPermissions', failure('PERMISSION_DENIED', '', reason('USER_PROJECT_DENIED'))],
  [
    'AuthenticationError/InsufficientPermissions',
    failure('PERMISSION_DENIED', '', reason('ACCESS_TOKEN_SCOPE_INSUFFICIENT')),
  ],
  ['ConfigurationError/InvalidProvider', failure('INVALID_ARGUMENT', 'Resource ID is not in a valid format.')],
  ['ProviderError/RateLimited', failure('RESOURCE_EXHAUSTED')],
  ['ProviderError/RateLimited', failure('RESOURCE_EXHAUSTED', '', reason('RATE_LIMIT_EXCEEDED'))],
  ['ProviderError/QuotaExceeded', failure('RESOURCE_EXHAUSTED', '', reason('RESOURCE_QUOTA_EXCEEDED'))],
  ['ProviderError/InternalError', failure('INTERNAL')],
  ['ProviderError/InternalError', failure('UNKNOWN')],
  ['ProviderError/ProviderUnavailable', failure('UNAVAILABLE')],
  ['NetworkError/Timeout', failure('DEADLINE_EXCEEDED')],
  ['ProviderError/ProviderUnavailable', failure('NOT_FOUND', "Project 'shop' not found or deleted.")],
  ['ProviderError/ProviderUnavailable', failure('NOT_FOUND', 'Method not found.')],
  ['ProviderError/ProviderUnavailable', failure('FAILED_PRECONDITION', 'Something is not ready.')],
  ['ProviderError/ProviderUnavailable', other('CANCELLED')],
  ['ProviderError/ProviderUnavailable', other('<b>no code</b>')],
];

test('failures of the instance', async (t) => {
  for (const [name, status] of instance) {
    const error = toInstanceError(status);
    t.equal(`${error?.category}/${error?.code}`, name, `${status.status} ${status.reason} ${status.message}`);
  }
});

const NAME = 'projects/1/secrets/db';
const secret: readonly (readonly [string, RpcStatus, Subject])[] = [
  ['AccessError/AccessDenied', failure('PERMISSION_DENIED', '', { reason: 'IAM_PERMISSION_DENIED' }), { id: 'db' }],
  [
    'AccessError/AccessDenied',
    failure(
      'PERMISSION_DENIED',
      `Permission 'secretmanager.versions.access' denied for resource '${NAME}' (or it may not exist).`,
    ),
    { id: 'db' },
  ],
  [
    'AccessError/KmsAccessDenied',
    failure('FAILED_PRECONDITION', 'The Cloud KMS key is not enabled: cryptoKeys/k'),
    { id: 'db' },
  ],
  [
    'SecretNotFoundError/VersionNotFound',
    failure('FAILED_PRECONDITION', `Secret Version [${NAME}/versions/4] is in DESTROYED state.`),
    { id: 'db' },
  ],
  [
    'SecretNotFoundError/VersionNotFound',
    failure('NOT_FOUND', `Secret Version [${NAME}/versions/4] not found.`),
    { id: 'db', selector: { version: '4' } },
  ],
  [
    'SecretNotFoundError/StageNotFound',
    failure('NOT_FOUND', `Secret Version [${NAME}/versions/x] not found.`),
    { id: 'db', selector: { stage: 'x' } },
  ],
  [
    'SecretNotFoundError/SecretDoesNotExist',
    failure('NOT_FOUND', `Secret [${NAME}] not found or has no versions.`),
    { id: 'db', selector: { version: '4' } },
  ],
  [
    'SecretNotFoundError/SecretDoesNotExist',
    failure('NOT_FOUND', `Secret [${NAME}] not found.`),
    { id: 'db', selector: { stage: 'x' } },
  ],
  [
    'SecretNotFoundError/VersionNotFound',
    failure('NOT_FOUND', 'Requested entity was not found.'),
    { id: 'db', selector: { version: '4' } },
  ],
  ['SecretNotFoundError/SecretDoesNotExist', failure('NOT_FOUND', 'Requested entity was not found.'), { id: 'db' }],
];

test('failures of a secret', async (t) => {
  for (const [name, status, subject] of secret) {
    t.equal(toInstanceError(status), undefined, `${name} is none of the instance`);
    const error = toSecretError(status, subject);
    t.equal(`${error.category}/${error.code}`, name, status.message);
  }
});

test('a missing permission is named, by the details or by the words', async (t) => {
  const details: RpcDetails = {
    reason: 'IAM_PERMISSION_DENIED',
    metadata: { permission: 'secretmanager.secrets.get' },
  };
  t.match(
    toSecretError(failure('PERMISSION_DENIED', 'x', details), { id: 'db' }).message,
    "'secretmanager.secrets.get' is missing for 'db'",
  );
  const words = failure('PERMISSION_DENIED', "Permission 'secretmanager.secrets.list' denied for resource 'x'");
  t.match(toSecretError(words, {}).message, "'secretmanager.secrets.list' is missing on the project");
});

test('the state is told', async (t) => {
  const disabled = failure('FAILED_PRECONDITION', `Secret Version [${NAME}/versions/4] is in DISABLED state.`);
  t.equal(stateOf(disabled), 'disabled');
  t.equal(
    toSecretError(disabled, { id: 'db', selector: { version: '4' } }).message,
    "the version 4 of 'db' is disabled",
  );
  t.equal(stateOf(failure('NOT_FOUND', 'is in DISABLED state')), undefined);
});

test('the pause that the store asks for is kept', async (t) => {
  const error = toInstanceError(failure('RESOURCE_EXHAUSTED', '', { retryDelay: '12.5s' }));
  t.equal(error?.details.retryAfterMs, 12_500);
});

test('nothing of the words of the store is passed on', async (t) => {
  for (const [, status] of [...instance, ...secret]) {
    const spoken = { ...status, message: `${status.message} SPOKEN`, status: status.status };
    t.notMatch((toInstanceError(spoken) ?? toSecretError(spoken, { id: 'db' })).message, 'SPOKEN');
  }
});
