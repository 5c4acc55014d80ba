import type { ProviderTools } from '../../core/provider.ts';
import { createHttpClient } from '../../transport/http-client.ts';
import { createApproleAuth } from './auth-approle.ts';
import { connectAws } from './connect-aws.ts';
import { createCertAuth } from './auth-cert.ts';
import { createJwtAuth } from './auth-jwt.ts';
import { createKubernetesAuth } from './auth-kubernetes.ts';
import { createTokenAuth } from './auth-token.ts';
import type { LoginMethod } from './login-method.ts';
import type { VaultOptions } from './options.ts';
import type { TokenCalls } from './token-calls.ts';
import { createWire, type Wire } from './wire.ts';

const MAX_LOGIN_BYTES = 1024 ** 2;

export interface LoginOptions {
  readonly options: Pick<VaultOptions, 'auth' | 'endpoint' | 'namespace' | 'tls'>;
  readonly tools: ProviderTools;
  readonly wire: Wire;
  readonly calls: TokenCalls;
}

/** The login that `auth` asks for. */
export function createLoginMethod({ options, tools, wire, calls }: LoginOptions): LoginMethod {
  const { auth, tls } = options;
  switch (auth.method) {
    case 'token':
      return createTokenAuth(auth, calls);
    case 'approle':
      return createApproleAuth(auth, wire);
    case 'kubernetes':
      return createKubernetesAuth(auth, wire);
    case 'jwt':
      return createJwtAuth(auth, wire);
    case 'aws':
      return connectAws(auth, wire, tools);
    case 'cert':
    default:
      return createCertAuth(auth, {
        connect: () => createHttpClient({ tls, maxResponseBytes: MAX_LOGIN_BYTES }),
        toWire: (http) => createWire(http, { ...options, clock: tools.clock }),
      });
  }
}
