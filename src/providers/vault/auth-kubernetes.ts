import { readCredential } from '../../core/credential-setting.ts';
import { Redacted } from '../../core/redacted.ts';
import type { KubernetesAuth } from './auth-options.ts';
import type { LoginMethod } from './login-method.ts';
import { postLogin } from './post-login.ts';
import type { Wire } from './wire.ts';

/** Login by the token of the pod's service account, which the kubelet replaces on disk. */
export function createKubernetesAuth({ mount, role, jwtPath }: KubernetesAuth, wire: Wire): LoginMethod {
  return {
    name: 'kubernetes',
    ownsToken: true,
    isWatched: false,
    async readCredentials() {
      const jwt = await readCredential({ file: jwtPath });
      return new Redacted(JSON.stringify({ role, jwt: jwt.expose() }));
    },
    login: (body, signal) => postLogin(wire, { mount, body }, signal),
  };
}
