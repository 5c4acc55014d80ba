import { readCredential } from '../../core/credential-setting.ts';
import { Redacted } from '../../core/redacted.ts';
import type { LoginMethod } from './login-method.ts';
import type { VaultAuth } from './options.ts';
import { toGrant } from './token-calls.ts';
import { encodePath, type Wire } from './wire.ts';

type ApproleAuth = Extract<VaultAuth, { readonly method: 'approle' }>;

/** Login by role id and secret id. */
export function createApproleAuth(auth: ApproleAuth, wire: Wire): LoginMethod {
  return {
    ownsToken: true,
    async readCredentials() {
      const roleId = await readCredential(auth.roleId);
      const secretId = await readCredential(auth.secretId);
      return new Redacted(JSON.stringify({ role_id: roleId.expose(), secret_id: secretId.expose() }));
    },
    async login(credentials, signal) {
      const path = `auth/${encodePath(auth.mount)}/login`;
      return toGrant(await wire({ method: 'POST', path, body: credentials.expose() }, signal));
    },
  };
}
