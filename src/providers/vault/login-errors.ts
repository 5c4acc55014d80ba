import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import type { Answer } from './answer.ts';

const REFUSED = "the store does not accept the credentials of 'auth'";

/** What Vault says of a login that it refuses; its own words may quote roles, claims and addresses, so they go no further. */
const REFUSALS: readonly (readonly [RegExp, 'InvalidCredentials' | 'ExpiredCredentials', string])[] = [
  [
    /role .*could not be found|invalid role name|missing role|role is required/i,
    'InvalidCredentials',
    "the store does not know the role: see 'auth.role', and 'auth.mount'",
  ],
  [/expired/i, 'ExpiredCredentials', `${REFUSED}: they have expired`],
  [/not yet valid/i, 'InvalidCredentials', `${REFUSED}: they are not valid yet; see the clocks of issuer and store`],
  [/audience/i, 'InvalidCredentials', `${REFUSED}: the audience of the JWT is none that the role is bound to`],
  [
    /service account (name|namespace) not authorized|namespace not authorized/i,
    'InvalidCredentials',
    `${REFUSED}: the role is not bound to this service account`,
  ],
  [/claim/i, 'InvalidCredentials', `${REFUSED}: the claims of the JWT are not what the role is bound to`],
  [
    /client certificate/i,
    'InvalidCredentials',
    'the store does not trust the client certificate, or it has not reached it: something in between may end TLS',
  ],
];

/** The refusal of a login, a renewal or a look-up, when it is about our credentials. */
export function toLoginError({ complaint, status }: Answer): AuthenticationError {
  const known = REFUSALS.find(([words]) => words.test(complaint));
  if (known !== undefined) return new AuthenticationError(known[1], known[2]);
  // Also what a login at a mount that is not there is answered with.
  const where = status === 403 ? ", or has no login at 'auth.mount'" : '';
  return new AuthenticationError('InvalidCredentials', `${REFUSED}${where}`);
}
