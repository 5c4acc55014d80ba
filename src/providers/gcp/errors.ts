import { AccessError } from '../../core/errors/access-error.ts';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { NetworkError } from '../../core/errors/network-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import type { SecretsError } from '../../core/errors/secrets-error.ts';
import type { Selector } from '../../core/selector.ts';
import type { RpcStatus } from '../../credentials/gcp/rpc-status.ts';

/** The secret that a call was about. */
export interface Subject {
  /** The canonical native id; absent when the call was about all secrets of the project. */
  readonly id?: string;
  readonly selector?: Selector;
}

const PERMISSION = /^Permission '([\w.]+)' denied/;
// What a version that may not be read is refused with, in any method.
const STATE = /is in (DISABLED|DESTROYED) state/;
// Not about a secret, whatever the code.
const NO_SECRET = /^(Project|Location|Method|Requested URL)\b/i;

/** The state that keeps a version from being read. */
export function stateOf({ status, message }: RpcStatus): 'disabled' | 'destroyed' | undefined {
  const [, state] = (status === 'FAILED_PRECONDITION' && STATE.exec(message)) || [];
  return state === undefined ? undefined : state === 'DISABLED' ? 'disabled' : 'destroyed';
}

/** The permission that IAM found missing, where the answer is of IAM and about a resource. */
export function missingPermission({ status, message, reason, metadata }: RpcStatus): string | undefined {
  if (status !== 'PERMISSION_DENIED') return undefined;
  const [, named] = PERMISSION.exec(message) ?? [];
  const isIams = reason === 'IAM_PERMISSION_DENIED' || (reason === '' && named !== undefined);
  return isIams ? (metadata['permission'] ?? named ?? '') : undefined;
}

/** The failure of a call that is about a secret, or about all: `toInstanceError` has found nothing. */
export function toSecretError(failure: RpcStatus, subject: Subject): SecretsError {
  const { id, selector = {} } = subject;
  const permission = missingPermission(failure);
  if (permission !== undefined)
    return new AccessError(
      'AccessDenied',
      `the permission${permission === '' ? '' : ` '${permission}'`} is missing ${id === undefined ? 'on the project' : `for '${id}', or there is no such secret`}`,
    );
  const state = stateOf(failure);
  const which = selector.version ?? selector.stage ?? 'latest';
  if (state !== undefined)
    return new SecretNotFoundError('VersionNotFound', `the version ${which} of '${id ?? ''}' is ${state}`);
  if (failure.status === 'FAILED_PRECONDITION')
    return new AccessError('KmsAccessDenied', `the key that encrypts '${id ?? ''}' cannot be used`);
  // The words for a version say so; those for a secret stand for a version of it, too.
  const isVersion = /^Secret Version\b/i.test(failure.message) || !/^Secret\b/i.test(failure.message);
  if (isVersion && selector.version !== undefined)
    return new SecretNotFoundError('VersionNotFound', `no version ${which} of a secret at '${id ?? ''}'`);
  if (isVersion && selector.stage !== undefined)
    return new SecretNotFoundError('StageNotFound', `no version of '${id ?? ''}' has the alias '${which}'`);
  return new SecretNotFoundError('SecretDoesNotExist', `no secret at '${id ?? ''}', or it has no version`);
}

/** Failures that say nothing of a secret; undefined when the answer does. Google's own words are never passed on. */
export function toInstanceError(failure: RpcStatus): SecretsError | undefined {
  const { status, retry } = failure;
  switch (status) {
    case 'UNAUTHENTICATED':
      return failure.reason === 'ACCESS_TOKEN_EXPIRED'
        ? new AuthenticationError('ExpiredCredentials', 'the store says that the token has expired')
        : new AuthenticationError('InvalidCredentials', 'the store does not accept the token of the identity');
    case 'PERMISSION_DENIED':
      return missingPermission(failure) === undefined ? toConsumerError(failure) : undefined;
    case 'NOT_FOUND':
      return NO_SECRET.test(failure.message) ? unavailable(failure, wrongPlace) : undefined;
    case 'FAILED_PRECONDITION':
      return stateOf(failure) === undefined && !/kms|cryptoKey/i.test(failure.message)
        ? unavailable(failure, 'the store cannot serve the request in its present state')
        : undefined;
    case 'INVALID_ARGUMENT':
    case 'OUT_OF_RANGE':
      return new ConfigurationError('InvalidProvider', `the store does not accept the request: ${wrongPlace}`);
    case 'RESOURCE_EXHAUSTED':
      return failure.reason === '' || failure.reason === 'RATE_LIMIT_EXCEEDED'
        ? new ProviderError('RateLimited', 'the store limits the rate of our requests', retry)
        : new ProviderError('QuotaExceeded', "the project's quota of the store is used up", retry);
    case 'DEADLINE_EXCEEDED':
      return new NetworkError('Timeout', 'the store did not answer within its own deadline', retry);
    case 'INTERNAL':
    case 'UNKNOWN':
    case 'DATA_LOSS':
      return new ProviderError('InternalError', 'the store failed inside', retry);
    default:
      return unavailable(failure, `the store answered ${/^[A-Z_]{1,40}$/.test(status) ? status : 'a failure'}`);
  }
}

const wrongPlace = "see 'project' and 'location'";

/** Refusals of the API's front, before a secret is looked at: of the project, of its API, of the way (`google.api.ErrorReason`). */
function toConsumerError(failure: RpcStatus): SecretsError {
  const consumer = /^projects\/[\w:.-]+$/.exec(failure.metadata['consumer'] ?? '')?.[0] ?? 'the project';
  switch (failure.reason) {
    case 'SERVICE_DISABLED':
      return unavailable(failure, `the API 'secretmanager.googleapis.com' is not enabled for '${consumer}'`);
    case 'BILLING_DISABLED':
      return unavailable(failure, `billing is not enabled for '${consumer}'`);
    case 'CONSUMER_INVALID':
    case 'RESOURCE_PROJECT_INVALID':
      return unavailable(
        failure,
        `'${consumer}' does not exist or is not open to the identity: see 'project' and 'quotaProject'`,
      );
    case 'CONSUMER_SUSPENDED':
      return unavailable(failure, `'${consumer}' is suspended`);
    case 'USER_PROJECT_DENIED':
      return new AuthenticationError(
        'InsufficientPermissions',
        "the identity may not have calls counted for 'quotaProject': the role 'Service Usage Consumer' is missing on it",
      );
    case 'ACCESS_TOKEN_SCOPE_INSUFFICIENT':
      return new AuthenticationError('InsufficientPermissions', "the token lacks the scope 'cloud-platform'");
    default:
      return unavailable(
        failure,
        'the store refuses us by a rule that is not about the secret, such as a service perimeter or a policy of the organisation',
      );
  }
}

const unavailable = (failure: RpcStatus, message: string): ProviderError =>
  new ProviderError('ProviderUnavailable', message, failure.retry);
