import { readCredential } from '../../core/credential-setting.ts';
import { Redacted } from '../../core/redacted.ts';
import type { JwtAuth } from './auth-options.ts';
import type { LoginMethod } from './login-method.ts';
import { postLogin } from './post-login.ts';
import type { Wire } from './wire.ts';

/** Login by a JWT of an issuer that the store trusts. */
export function createJwtAuth({ mount, role, jwt: setting }: JwtAuth, wire: Wire): LoginMethod {
  return {
    name: 'jwt',
    ownsToken: true,
    isWatched: false,
    async readCredentials() {
      const jwt = await readCredential(setting);
      // Without a role, JSON has no key for it.
      return new Redacted(JSON.stringify({ role, jwt: jwt.expose() }));
    },
    login: (body, signal) => postLogin(wire, { mount, body }, signal),
  };
}
