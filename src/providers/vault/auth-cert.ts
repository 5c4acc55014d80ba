import { Redacted } from '../../core/redacted.ts';
import type { HttpClient } from '../../transport/http-client.ts';
import type { CertAuth } from './auth-options.ts';
import type { LoginMethod } from './login-method.ts';
import { postLogin } from './post-login.ts';
import type { Wire } from './wire.ts';

export interface CertTools {
  /** Makes a client with the instance's TLS files as they are now. */
  readonly connect: () => HttpClient;
  readonly toWire: (http: HttpClient) => Wire;
}

/**
 * Login by the client certificate of the connection. Each login has a connection of its own, so that a certificate that
 * was renewed on disk counts: an open connection keeps the one it began with.
 */
export function createCertAuth({ mount, name }: CertAuth, { connect, toWire }: CertTools): LoginMethod {
  return {
    name: 'cert',
    ownsToken: true,
    isWatched: false,
    readCredentials: async () => new Redacted(JSON.stringify({ name })),
    async login(body, signal) {
      const http = connect();
      try {
        return await postLogin(toWire(http), { mount, body }, signal);
      } finally {
        await http.close();
      }
    },
  };
}
