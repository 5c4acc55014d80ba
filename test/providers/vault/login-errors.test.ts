import { test } from 'tap';
import { toAnswer } from '../../../src/providers/vault/answer.ts';
import { toLoginError } from '../../../src/providers/vault/login-errors.ts';

// What OpenBao 2.7.2 and Vault answer to logins.
const cases: readonly (readonly [number, string, string, RegExp])[] = [
  [400, 'role "nobody" could not be found', 'InvalidCredentials', /'auth\.role'/],
  [400, 'invalid role name "nobody"', 'InvalidCredentials', /'auth\.role'/],
  [
    400,
    'error validating token: invalid expiration time (exp) claim: token is expired',
    'ExpiredCredentials',
    /expired/,
  ],
  [403, 'invalid not before (nbf) claim: token not yet valid', 'InvalidCredentials', /clocks/],
  [
    400,
    'error validating token: invalid audience (aud) claim: audience claim does not match any expected audience',
    'InvalidCredentials',
    /audience/,
  ],
  [403, 'service account name not authorized', 'InvalidCredentials', /service account/],
  [400, 'error validating claims: claim "x" does not match', 'InvalidCredentials', /claims/],
  [400, 'invalid certificate or no client certificate supplied', 'InvalidCredentials', /certificate/],
  [400, 'invalid role or secret ID', 'InvalidCredentials', /credentials of 'auth'$/],
  [403, 'permission denied', 'InvalidCredentials', /no login at 'auth\.mount'$/],
];

for (const [status, complaint, code, message] of cases)
  test(`a login is refused: ${complaint}`, (t) => {
    const text = JSON.stringify({ errors: [complaint] });
    const error = toLoginError(toAnswer({ status, headers: new Map(), text }, 0));
    t.equal(error.code, code);
    t.match(error.message, message);
    t.notMatch(error.message, /nobody|"x"/, "nothing of the store's own words");
    t.end();
  });
