import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import type { JsonObject } from '../../core/json-object.ts';
import { Redacted } from '../../core/redacted.ts';
import { isSuccess, type Answer } from './answer.ts';
import { toIdentityError, toInstanceError } from './errors.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import { secondsAt } from './json-fields.ts';
import type { Grant } from './login-method.ts';
import type { Wire } from './wire.ts';

/** What every token may do to itself, by Vault's policy `default`. */
export interface TokenCalls {
  /** @throws AuthenticationError `ExpiredCredentials` when the token is dead. */
  lookupSelf(token: Redacted, signal: AbortSignal): Promise<Grant>;
  /**
   * The lease from now on.
   * @throws AuthenticationError `ExpiredCredentials` when the token is dead, `InsufficientPermissions` when it lives and
   * may not renew itself, `TokenRefreshFailed` when it cannot be renewed any more.
   */
  renewSelf(token: Redacted, signal: AbortSignal): Promise<Grant>;
  revokeSelf(token: Redacted, signal: AbortSignal): Promise<void>;
}

export function createTokenCalls(wire: Wire): TokenCalls {
  return {
    async lookupSelf(token, signal) {
      const answer = await wire({ method: 'GET', path: 'auth/token/lookup-self', token }, signal);
      if (isDead(answer)) throw deadError();
      // Alive, but without the policy `default`: nothing is known of its lease.
      if (isRefusal(answer)) return { token, leaseMs: 0, renewable: false };
      const data = objectAt(successOf(answer), 'data');
      return {
        token,
        leaseMs: secondsAt(data, 'ttl'),
        renewable: data['renewable'] === true,
        ...countOf(data['policies']),
        ...kindOf(data['type']),
      };
    },
    async renewSelf(token, signal) {
      const answer = await wire({ method: 'POST', path: 'auth/token/renew-self', body: '{}', token }, signal);
      if (isDead(answer)) throw deadError();
      if (isRefusal(answer)) throw new AuthenticationError('InsufficientPermissions', 'the token may not renew itself');
      if (answer.status === 400 && toInstanceError(answer) === undefined)
        throw new AuthenticationError('TokenRefreshFailed', 'the token cannot be renewed any more');
      return { ...toGrant(answer), token };
    },
    async revokeSelf(token, signal) {
      successOf(await wire({ method: 'POST', path: 'auth/token/revoke-self', body: '{}', token }, signal));
    },
  };
}

/** The token that a login or a renewal answered with. Lease and renewability are those of `auth`, not of the envelope. */
export function toGrant(answer: Answer): Grant {
  const auth = objectAt(successOf(answer), 'auth');
  const token = textAt(auth, 'client_token');
  if (token === undefined)
    throw new AuthenticationError(
      'InvalidCredentials',
      'the store did not answer the login with a token; it may ask for a second factor',
    );
  return {
    token: new Redacted(token),
    leaseMs: secondsAt(auth, 'lease_duration'),
    renewable: auth['renewable'] === true,
    ...countOf(auth['policies']),
    ...kindOf(auth['token_type']),
  };
}

const countOf = (policies: unknown): Pick<Grant, 'policies'> =>
  Array.isArray(policies) ? { policies: policies.length } : {};

const kindOf = (type: unknown): Pick<Grant, 'kind'> => (type === 'service' || type === 'batch' ? { kind: type } : {});

function successOf(answer: Answer): JsonObject {
  if (!isSuccess(answer)) throw toIdentityError(answer);
  return answer.body ?? {};
}

const deadError = (): AuthenticationError =>
  new AuthenticationError('ExpiredCredentials', 'the token is not valid, has expired or was revoked');

const isRefusal = (answer: Answer): boolean => answer.status === 403 && toInstanceError(answer) === undefined;

// A dead token: "permission denied" alone, or with "invalid token" (Vault from 1.17). A policy's refusal of a live one
// comes as a list: "1 error occurred:\n\t* permission denied\n\n".
const isDead = (answer: Answer): boolean =>
  isRefusal(answer) && (!answer.complaint.includes('error occurred') || answer.complaint.includes('invalid token'));
