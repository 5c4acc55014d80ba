import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { Redacted } from '../../core/redacted.ts';
import { isSuccess, type Answer } from './answer.ts';
import { toIdentityError, toInstanceError } from './errors.ts';
import { objectAt, secondsAt, textAt } from './json-fields.ts';
import type { Grant } from './login-method.ts';
import type { Wire } from './wire.ts';

/** What every token may do to itself, by Vault's policy `default`. */
export interface TokenCalls {
  /** @throws AuthenticationError `ExpiredCredentials` when the token is dead. */
  lookupSelf(token: Redacted, signal: AbortSignal): Promise<Grant>;
  /** The lease from now on. @throws AuthenticationError when the token is dead, may not be renewed, or not any more. */
  renewSelf(token: Redacted, signal: AbortSignal): Promise<Grant>;
  revokeSelf(token: Redacted, signal: AbortSignal): Promise<void>;
}

export function createTokenCalls(wire: Wire): TokenCalls {
  return {
    async lookupSelf(token, signal) {
      const answer = await wire({ method: 'GET', path: 'auth/token/lookup-self', token }, signal);
      if (isDead(answer))
        throw new AuthenticationError('ExpiredCredentials', 'the token is not valid, has expired or was revoked');
      // Alive, but without the policy `default`: nothing is known of its lease.
      if (answer.status === 403 && toInstanceError(answer) === undefined)
        return { token, leaseMs: 0, renewable: false };
      const data = objectAt(successOf(answer), 'data');
      return { token, leaseMs: secondsAt(data, 'ttl'), renewable: data['renewable'] === true };
    },
    async renewSelf(token, signal) {
      const answer = await wire({ method: 'POST', path: 'auth/token/renew-self', body: '{}', token }, signal);
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
  };
}

function successOf(answer: Answer): Readonly<Record<string, unknown>> {
  if (!isSuccess(answer)) throw toIdentityError(answer);
  return answer.body ?? {};
}

// A dead token: "permission denied" alone, or with "invalid token" (Vault from 1.17). A policy's refusal of a live one
// comes as a list: "1 error occurred:\n\t* permission denied\n\n".
function isDead(answer: Answer): boolean {
  if (answer.status !== 403 || toInstanceError(answer) !== undefined) return false;
  return !answer.complaint.includes('error occurred') || answer.complaint.includes('invalid token');
}
