import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { FakeKv, envelope, mountInfo, refusal, type FakeAnswer } from './fake-vault-kv.ts';

export interface FakeVaultOptions {
  /** JSON text by path, in the mount `secret`. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** A token that never ends. */
  readonly token?: string;
  /** When set, any other namespace is refused. */
  readonly namespace?: string;
}

export interface FakeRequest {
  readonly method: string;
  /** Decoded, without `/v1/` and the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string | undefined;
  readonly namespace: string | undefined;
  readonly body: string;
}

/** What a token may do and how it ends. No clock runs here: a test says when a token dies. */
export interface FakeToken {
  readonly ttl: number;
  readonly renewable: boolean;
  /** Without the policy `default` a token may not look itself up or renew itself. */
  readonly mayCareForItself?: boolean;
}

/** Says how a request fails; undefined lets it pass. `hang` never answers, `reset` cuts the connection. */
export type Fault = (request: FakeRequest) => FakeAnswer | 'hang' | 'reset' | undefined;

/** Failures in the words of the real ones. */
export const faults = {
  sealed: () => refusal(503, 'Vault is sealed'),
  standby: () => refusal(503, 'node is not active but active cluster node not found'),
  redirect: () => ({ status: 307, text: '', headers: { location: 'http://127.0.0.1:1/v1/secret/data/a' } }),
  throttled: () => ({
    ...refusal(429, 'request path "secret/data/app": rate limit quota exceeded'),
    headers: { 'retry-after': '7' },
  }),
  inside: () => refusal(500, '1 error occurred:\n\t* internal error\n\n'),
  proxy: (status: number) => () => ({
    status,
    text: `<html><h1>${status} Forbidden by proxy</h1></html>`,
    headers: { 'content-type': 'text/html' },
  }),
} as const;

const DENIED = '1 error occurred:\n\t* permission denied\n\n';
const DEAD = 'permission denied';

/**
 * A strict Vault on loopback: KV v2 at `secret/`, tokens, logins at the usual mounts, wrapped secret ids. Refuses what
 * Vault refuses.
 */
export class FakeVault {
  readonly kv = new FakeKv();
  readonly requests: FakeRequest[] = [];
  readonly tokens = new Map<string, FakeToken>();
  readonly denied = new Set<string>();
  /** What AppRole accepts, and the tokens that it gives. */
  readonly approle = { roleId: 'the-role', secretId: 'the-secret-id' };
  /** What the logins `kubernetes` and `jwt` accept. */
  readonly jwt = { role: 'app', jwt: 'the-jwt' };
  /** Secret ids by their wrapping tokens, each of which works once. */
  readonly wrapped = new Map<string, string>();
  loginToken: FakeToken = { ttl: 3600, renewable: true };
  /** The lease that a renewal gives; undefined refuses it as past its maximum. */
  renewTtl: number | undefined = 3600;
  fault: Fault = () => undefined;
  readonly #server: Server;
  readonly #namespace: string | undefined;
  readonly #waiting = new Set<() => void>();
  #logins = 0;

  constructor(options: FakeVaultOptions) {
    this.#namespace = options.namespace;
    if (options.token !== undefined) this.tokens.set(options.token, { ttl: 0, renewable: false });
    for (const [path, data] of Object.entries(options.secrets ?? {})) this.kv.write(path, data);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(toError(error)));
    });
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get address(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new TypeError('the fake does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Adds a version of a secret; `data` is JSON text. */
  setSecret(path: string, data: string): void {
    this.kv.write(path, data);
  }

  /** How many requests had a path that begins so. */
  count(path: string): number {
    return this.requests.filter((request) => request.path.startsWith(path)).length;
  }

  /** Waits until so many requests with a path that begins so have been answered or are held. */
  async seen(path: string, count: number): Promise<void> {
    while (this.count(path) < count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      await promise;
    }
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = toRequest(message, await text(message));
    const answer = this.fault(request) ?? this.#answer(request, message);
    if (answer === 'reset') message.socket.resetAndDestroy();
    else if (answer !== 'hang') {
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(answer.text);
    }
    this.requests.push(request);
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #answer(request: FakeRequest, { headers, url = '' }: IncomingMessage): FakeAnswer {
    const { path, token = '', namespace } = request;
    if (headers['x-vault-request'] !== 'true') return refusal(412, 'missing X-Vault-Request');
    if (!url.startsWith('/v1/') || url.includes('//'))
      return refusal(404, 'no handler for route "". route entry not found.');
    if (path === 'sys/health')
      return namespace === undefined ? HEALTHY : refusal(400, 'operation unavailable in namespaces');
    if (namespace?.replace(/\/$/, '') !== this.#namespace) return refusal(404, 'namespace not found');
    if (path === 'sys/wrapping/unwrap') return this.#unwrap(token);
    const [, login] = /^auth\/(approle|kubernetes|jwt)\/login$/.exec(path) ?? [];
    if (login !== undefined) return this.#login(login, request);
    const found = this.tokens.get(token);
    if (found === undefined) return refusal(403, DEAD);
    if (path.startsWith('auth/token/')) return this.#care(request, found);
    if (path.startsWith('sys/internal/ui/mounts/secret')) return mountInfo('secret', 2);
    if (!path.startsWith('secret/')) return refusal(404, `no handler for route "${path}". route entry not found.`);
    return this.#read(request);
  }

  #login(mount: string, { method, body }: FakeRequest): FakeAnswer {
    if (method !== 'POST') return refusal(405, '1 error occurred:\n\t* unsupported operation\n\n');
    const problem = mount === 'approle' ? this.#approleProblem(body) : this.#jwtProblem(body);
    if (problem !== undefined) return problem;
    const token = `login-token-${++this.#logins}`;
    this.tokens.set(token, this.loginToken);
    return auth(token, this.loginToken.ttl, this.loginToken.renewable);
  }

  #approleProblem(body: string): FakeAnswer | undefined {
    const { role_id: roleId, secret_id: secretId } = JSON.parse(body);
    const isRight = roleId === this.approle.roleId && secretId === this.approle.secretId;
    return isRight ? undefined : refusal(400, 'invalid role or secret ID');
  }

  #jwtProblem(body: string): FakeAnswer | undefined {
    const { role, jwt } = JSON.parse(body);
    if (role !== this.jwt.role) return refusal(400, `role "${role}" could not be found`);
    return jwt === this.jwt.jwt
      ? undefined
      : refusal(400, 'error validating token: no known key successfully validated');
  }

  #unwrap(token: string): FakeAnswer {
    const secretId = this.wrapped.get(token);
    if (!this.wrapped.delete(token)) return refusal(400, 'wrapping token is not valid or does not exist');
    return envelope(JSON.stringify({ secret_id: secretId, secret_id_accessor: 'a' }));
  }

  #care({ method, path, token = '' }: FakeRequest, found: FakeToken): FakeAnswer {
    if (found.mayCareForItself === false) return refusal(403, DENIED);
    switch (`${method} ${path}`) {
      case 'GET auth/token/lookup-self':
        return envelope(
          JSON.stringify({ id: token, ttl: found.ttl, renewable: found.renewable, ...COMMON, type: 'service' }),
        );
      case 'POST auth/token/renew-self':
        if (!found.renewable) return refusal(400, 'lease is not renewable');
        if (this.renewTtl === undefined) return refusal(400, 'past the max TTL, cannot renew');
        return auth(token, this.renewTtl, true);
      case 'POST auth/token/revoke-self':
        this.tokens.delete(token);
        return { status: 204, text: '' };
      default:
        return refusal(405, '1 error occurred:\n\t* unsupported operation\n\n');
    }
  }

  #read({ method, path, query }: FakeRequest): FakeAnswer {
    const [, kind = '', id = ''] = /^secret\/(data|metadata)\/(.*)$/.exec(path) ?? [];
    if (method !== 'GET') return refusal(405, '1 error occurred:\n\t* unsupported operation\n\n');
    if (this.denied.has(id)) return refusal(403, DENIED);
    if (kind === 'data' && !query.has('list')) return this.kv.read(id, query.get('version'));
    if (kind !== 'metadata') return WRONG_PATH;
    return query.get('list') === 'true' ? this.kv.list(id) : this.kv.metadata(id);
  }
}

export const startFakeVault = (options: FakeVaultOptions = {}): Promise<FakeVault> => new FakeVault(options).listen();

const HEALTHY: FakeAnswer = { status: 200, text: '{"initialized":true,"sealed":false,"standby":false,"version":"0"}' };
const COMMON = { policies: ['app', 'default'], num_uses: 0 };
const WRONG_PATH: FakeAnswer = {
  status: 404,
  text: envelope('null').text.replace(
    '"warnings":null',
    '"warnings":["Invalid path for a versioned K/V secrets engine."]',
  ),
};

function auth(token: string, ttl: number, renewable: boolean): FakeAnswer {
  const grant = {
    client_token: token,
    accessor: 'accessor',
    lease_duration: ttl,
    renewable,
    ...COMMON,
    token_type: 'service',
    mfa_requirement: null,
  };
  return { status: 200, text: envelope('null').text.replace('"auth":null', `"auth":${JSON.stringify(grant)}`) };
}

function toRequest({ method = '', url = '', headers }: IncomingMessage, body: string): FakeRequest {
  const [path = '', query = ''] = url.split('?');
  return {
    method,
    path: decodeURIComponent(path).replace(/^\/v1\//, ''),
    query: new URLSearchParams(query),
    token: headers['x-vault-token']?.toString(),
    namespace: headers['x-vault-namespace']?.toString(),
    body,
  };
}

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
