import { AccessError } from '../../core/errors/access-error.ts';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import type { SecretsError } from '../../core/errors/secrets-error.ts';
import type { Answer } from './answer.ts';
import { dateAt, objectAt } from '../../core/json-fields.ts';
import { isWrongKvPath } from './kv-answer.ts';
import { toLoginError } from './login-errors.ts';
import { NODE_STATES } from './node-states.ts';

/**
 * What Vault says about the instance, whatever the status, and what to do about it. Vault's own words are matched and
 * never passed on: they may quote routes and policies.
 */
const INSTANCE_PROBLEMS: readonly (readonly [RegExp, string])[] = [
  [/not initialized/i, NODE_STATES.uninitialised],
  [/DR secondary/i, NODE_STATES.drSecondary],
  [/namespace is sealed/i, 'the namespace is sealed: an operator of the store has to unseal it'],
  [/is sealed/i, NODE_STATES.sealed],
  [
    /node is not active|no active vault instance|standby/i,
    'the store answers from a standby node, and no node is active: it waits for a leader; see the logs of its nodes',
  ],
  [/no handler for route/i, "nothing is mounted at the configured mount: see 'mount'"],
  [/Upgrading from non-versioned/i, 'the KV engine is being made ready: it answers in a moment'],
  [/namespace not found/i, "the store does not know the configured 'namespace'"],
  [/unsupported path|operation unavailable in namespaces/i, "the mount is of another kind: see 'mount'"],
  [/has been locked|API is locked/i, 'the API of the store is locked: an operator of the store has to unlock it'],
];

/** The secret that a call was about. */
export interface Subject {
  /** The canonical native id, or a folder of a list. */
  readonly id: string;
  /** The version, when one was asked for. */
  readonly version?: string;
}

/** The failure of a call about a secret; the caller has found that it is none about a dead token. */
export function toSecretError(answer: Answer, subject: Subject): SecretsError {
  const { id, version } = subject;
  const general = toInstanceError(answer);
  if (general !== undefined) return general;
  if (answer.status === 400)
    return new ConfigurationError('InvalidPathPattern', `the store does not accept '${id}' as a path`);
  if (answer.status === 403)
    return new AccessError('AccessDenied', `the store's policies do not allow access to '${id}'`);
  if (isWrongKvPath(answer))
    return new ConfigurationError('InvalidPathPattern', "'mount' is longer than the mount of the KV engine");
  if (answer.body?.['data'] !== undefined) return goneError(answer, id);
  return version === undefined
    ? new SecretNotFoundError('SecretDoesNotExist', `no secret at '${id}'`)
    : new SecretNotFoundError('VersionNotFound', `no version ${version} of a secret at '${id}'`);
}

/** The failure of a login, a renewal or a look-up of our token. */
export function toIdentityError(answer: Answer): SecretsError {
  const general = toInstanceError(answer);
  if (general !== undefined) return general;
  if (answer.status === 404)
    return unavailable(answer, "the store has no login at the configured mount: see 'auth.mount'");
  return toLoginError(answer);
}

/** A token that was refused as soon as it was given. */
export const refusedAtOnce = (): AuthenticationError =>
  new AuthenticationError('ExpiredCredentials', 'the store does not know the token that it has just given');

/** Failures that say nothing of a secret or of our credentials; undefined when the answer does. */
export function toInstanceError(answer: Answer): SecretsError | undefined {
  const { status, complaint } = answer;
  // What Vault sends for a path with characters that it calls unprintable: status 400 and nothing else.
  if (status === 400 && answer.text === '') return undefined;
  if (status >= 300 && status < 400)
    return unavailable(
      answer,
      "the store redirects to where the token must not go, or in a circle: see 'address', and 'api_addr' of its nodes",
    );
  if (!answer.isVaults)
    return unavailable(answer, `the answer, status ${status}, is not of a Vault: see 'address' and what is in between`);
  const known = INSTANCE_PROBLEMS.find(([words]) => words.test(complaint));
  if (known !== undefined) return unavailable(answer, known[1]);
  if (status === 429) return throttled(answer);
  if (status === 405)
    return new ConfigurationError(
      'InvalidProvider',
      "what is mounted there does not support this operation: see 'mount' and 'leased'",
    );
  if (status === 500 || status === 502)
    return new ProviderError('InternalError', 'the store failed inside', answer.retry);
  if (status === 412) return unavailable(answer, 'the node that answers has not caught up with its cluster');
  if (status === 400 || status === 403 || status === 404) return undefined;
  return unavailable(answer, `the store answered with status ${status}`);
}

function throttled(answer: Answer): ProviderError {
  const isLeases = /lease count quota/i.test(answer.complaint);
  return isLeases
    ? new ProviderError('QuotaExceeded', "the store's quota of leases is used up", answer.retry)
    : new ProviderError('RateLimited', 'the store limits the rate of our requests', answer.retry);
}

/** A version that was there: Vault answers 404 with the envelope and the version's metadata. */
function goneError(answer: Answer, id: string): SecretNotFoundError {
  const metadata = objectAt(objectAt(answer.body ?? {}, 'data'), 'metadata');
  const deletedAt = dateAt(metadata, 'deletion_time')?.toISOString();
  const fate = metadata['destroyed'] === true ? 'was destroyed' : `was deleted${deletedAt ? ` at ${deletedAt}` : ''}`;
  return new SecretNotFoundError('VersionNotFound', `version ${String(metadata['version'])} of '${id}' ${fate}`);
}

const unavailable = (answer: Answer, message: string): ProviderError =>
  new ProviderError('ProviderUnavailable', message, answer.retry);
