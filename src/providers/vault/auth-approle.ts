import { readCredential } from '../../core/credential-setting.ts';
import { Redacted } from '../../core/redacted.ts';
import type { ApproleAuth } from './auth-options.ts';
import type { LoginMethod } from './login-method.ts';
import { postLogin } from './post-login.ts';
import { createUnwrap } from './unwrap-secret-id.ts';
import type { Wire } from './wire.ts';

/** Login by role id and secret id; the latter may come response-wrapped. */
export function createApproleAuth(auth: ApproleAuth, wire: Wire): LoginMethod {
  const { mount, wrappedSecretId } = auth;
  const unwrap = createUnwrap(wire);
  return {
    name: 'approle',
    ownsToken: true,
    isWatched: false,
    async readCredentials() {
      const roleId = await readCredential(auth.roleId);
      const secretId = await readCredential(wrappedSecretId ?? auth.secretId ?? '');
      return toBody(roleId, secretId);
    },
    async login(credentials, signal) {
      if (wrappedSecretId === undefined) return postLogin(wire, { mount, body: credentials }, signal);
      const { roleId, secretId: wrappingToken } = fromBody(credentials);
      const body = toBody(roleId, await unwrap(wrappingToken, signal));
      return postLogin(wire, { mount, body }, signal);
    },
  };
}

const toBody = (roleId: Redacted, secretId: Redacted): Redacted =>
  new Redacted(JSON.stringify({ role_id: roleId.expose(), secret_id: secretId.expose() }));

/** Of what `toBody` made. */
function fromBody(body: Redacted): { readonly roleId: Redacted; readonly secretId: Redacted } {
  const { role_id: roleId, secret_id: secretId } = JSON.parse(body.expose());
  return { roleId: new Redacted(String(roleId)), secretId: new Redacted(String(secretId)) };
}
