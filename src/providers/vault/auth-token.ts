import { readCredential } from '../../core/credential-setting.ts';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import type { TokenAuth } from './auth-options.ts';
import type { LoginMethod } from './login-method.ts';
import type { TokenCalls } from './token-calls.ts';

const HEADER_SAFE = /^[!-~]+$/;

/** A token that someone gave us: looked up for its lease, renewed, and never revoked. */
export function createTokenAuth({ token: setting }: TokenAuth, calls: TokenCalls): LoginMethod {
  return {
    name: 'token',
    ownsToken: false,
    isWatched: typeof setting === 'object' && 'file' in setting,
    async readCredentials() {
      const token = await readCredential(setting);
      if (!HEADER_SAFE.test(token.expose()))
        throw new AuthenticationError(
          'InvalidCredentials',
          "'auth.token' holds blanks or characters that no token has",
        );
      return token;
    },
    login: (token, signal) => calls.lookupSelf(token, signal),
  };
}
