import { AccessError } from '../../core/errors/access-error.ts';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import type { CodeOf } from '../../core/errors/codes.ts';
import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import type { SecretsError } from '../../core/errors/secrets-error.ts';
import type { Answer, Complaint } from './answer.ts';

/** The secret that a call was about. */
export interface Subject {
  /** The canonical id, or the prefix of a list. */
  readonly id: string;
  /** The version, when one was asked for. */
  readonly version?: string;
}

/** Refusals of the vault as a whole, by their inner code or, where an older service sends none, by their words. */
const NETWORK_CODES = /^ForbiddenBy(Firewall|Connection|NSP|NetworkSecurityPerimeter)$/i;
const NETWORK_WORDS = /client address is not authorized|public network access is disabled|network security perimeter/i;
/** Inner codes of a conflict with a secret that was deleted. */
const DELETED: ReadonlyMap<string, string> = new Map([
  ['ObjectIsBeingDeleted', 'is being deleted'],
  ['ObjectIsDeletedButRecoverable', 'is deleted and recoverable'],
]);
const REFUSALS: ReadonlyMap<string, readonly [code: CodeOf<'AccessError'>, reason: string]> = new Map([
  ['ForbiddenByRbac', ['AccessDenied', "our identity lacks the role 'Key Vault Secrets User' (Azure RBAC)"]],
  [
    'ForbiddenByPolicy',
    ['ResourcePolicyDenied', "the vault's access policies do not give our identity this permission"],
  ],
  ['AccessDenied', ['AccessDenied', 'the vault does not give our identity access']],
]);

/** The failure of a call about a secret. */
export function toSecretError(answer: Answer, subject: Subject): SecretsError {
  const { complaint } = answer;
  const { id, version } = subject;
  const what = id === '' ? 'the secrets of the vault' : `'${id}'`;
  if (complaint?.code === 'SecretNotFound' && answer.status === 404) return missingError(subject);
  const fate = DELETED.get(complaint?.innerCode ?? '');
  if (fate !== undefined) return new SecretNotFoundError('SecretDoesNotExist', `the secret '${id}' ${fate}`);
  if (complaint?.innerCode === 'SecretDisabled') {
    const which = version === undefined ? 'the current version' : `version ${version}`;
    return new SecretNotFoundError('VersionNotFound', `${which} of '${id}' is disabled`);
  }
  const refusal = complaint && answer.status === 403 ? toRefusal(complaint) : undefined;
  if (refusal !== undefined) return new AccessError(refusal[0], `no access to ${what}: ${refusal[1]}`);
  return toInstanceError(answer);
}

/** Key Vault answers alike for a missing secret and a missing version of one that is there. */
export function missingError({ id, version }: Subject): SecretNotFoundError {
  return version === undefined
    ? new SecretNotFoundError('SecretDoesNotExist', `no secret '${id}' in the vault, or it is deleted and recoverable`)
    : new SecretNotFoundError('VersionNotFound', `no version ${version} of the secret '${id}'`);
}

/** Failures that say nothing of a secret. */
export function toInstanceError(answer: Answer): SecretsError {
  const { status, complaint, retry } = answer;
  if (status >= 300 && status < 400) return unavailable(answer, 'the vault redirects, which is not followed');
  if (status === 429) return new ProviderError('RateLimited', 'the vault limits the rate of our requests', retry);
  if (complaint === undefined)
    return unavailable(
      answer,
      `the answer, status ${status}, is not of a Key Vault: see 'vaultUrl' and what is in between`,
    );
  if (isNetworkRefusal(complaint))
    return unavailable(answer, "the vault's firewall refuses our address: allow it, or use a private endpoint");
  if (status === 401) return toTokenError(complaint);
  if (status === 400) return new ConfigurationError('InvalidPathPattern', 'the vault does not accept the request');
  if (status === 500) return new ProviderError('InternalError', 'the vault failed inside', retry);
  return unavailable(answer, `the vault answered with status ${status}`);
}

/** A token that the vault does not accept; a new one has been tried. */
function toTokenError({ message }: Complaint): AuthenticationError {
  if (message.includes('AKV10032'))
    return new AuthenticationError(
      'InvalidCredentials',
      "the vault belongs to another tenant than the credentials: see 'tenantId'",
    );
  if (message.includes('AKV10022'))
    return new AuthenticationError(
      'InvalidCredentials',
      "the vault wants tokens of another cloud: see 'vaultUrl' and 'authorityHost'",
    );
  return new AuthenticationError('ExpiredCredentials', 'the vault does not accept the token that Entra gave');
}

const isNetworkRefusal = ({ innerCode, message }: Complaint): boolean =>
  innerCode === undefined ? NETWORK_WORDS.test(message) : NETWORK_CODES.test(innerCode);

function toRefusal({ innerCode, message }: Complaint): readonly [CodeOf<'AccessError'>, string] | undefined {
  if (innerCode !== undefined) return REFUSALS.get(innerCode);
  if (/is not authorized to perform action/i.test(message)) return REFUSALS.get('ForbiddenByRbac');
  return /does not have secrets \w+ permission/i.test(message) ? REFUSALS.get('ForbiddenByPolicy') : undefined;
}

const unavailable = (answer: Answer, message: string): ProviderError =>
  new ProviderError('ProviderUnavailable', message, answer.retry);
