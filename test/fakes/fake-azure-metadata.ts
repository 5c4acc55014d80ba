import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FakeAnswer, type FakeRequest, FakeServer } from './fake-azure-http.ts';
import type { FakeTokens } from './fake-azure-tokens.ts';

export interface FakeMetadataOptions {
  readonly tokens: FakeTokens;
  readonly tenantId: string;
  readonly nowMs: () => number;
}

const IMDS = '/metadata/identity/oauth2/token';
const APP_SERVICE = '/msi/token';
const ARC = `/arc${IMDS}`;

/** Strict metadata services over HTTP on loopback: of a machine, of App Service, and of the agent of Azure Arc. */
export class FakeMetadata {
  readonly server: FakeServer;
  /** The identity of the machine itself, and those that are assigned to it besides, by client id. */
  systemId: string | undefined = 'system';
  readonly userIds = new Set<string>();
  /** The value of `IDENTITY_HEADER`. */
  readonly header = randomBytes(12).toString('hex');
  /** Where the agent of Azure Arc puts its key files. */
  arcFolder = '';
  /** The file that the agent names instead of the one that it has written. */
  arcFile: string | undefined;
  /** An agent of before 2026 gives the machine's own identity, whatever is asked for. */
  isArcOld = false;
  readonly #options: FakeMetadataOptions;
  readonly #arcKeys = new Set<string>();

  constructor(options: FakeMetadataOptions) {
    this.#options = options;
    this.server = new FakeServer((request) => this.#answer(request), options.nowMs);
  }

  get imdsHost(): string {
    return this.server.origin;
  }

  get appServiceEndpoint(): string {
    return `${this.server.origin}${APP_SERVICE}`;
  }

  get arcEndpoint(): string {
    return `${this.server.origin}${ARC}`;
  }

  #answer(request: FakeRequest): FakeAnswer {
    const { headers, url, method } = request;
    if (headers['x-forwarded-for'] !== undefined || method !== 'GET')
      return { status: 400, body: { error: 'invalid_request', error_description: 'X-Forwarded-For is not allowed' } };
    const path = url.pathname.replace(/\/$/, '');
    if (path === IMDS) return this.#imds(request);
    if (path === APP_SERVICE) return this.#appService(request);
    if (path === ARC) return this.#arc(request);
    return { status: 404, body: '<html>Not found</html>' };
  }

  #imds({ headers, url }: FakeRequest): FakeAnswer {
    const problem = metadataProblem(headers, url) ?? versionProblem(url, ['2018-02-01', '2019-08-01']);
    if (problem !== undefined) return problem;
    const identity = this.#identity(url);
    return identity === undefined ? notFound : this.#token(url, 'imds', identity);
  }

  #appService({ headers, url }: FakeRequest): FakeAnswer {
    if (headers['x-identity-header'] !== this.header)
      return { status: 401, body: { statusCode: 401, message: 'Invalid header' } };
    const problem = versionProblem(url, ['2019-08-01']);
    if (problem !== undefined) return problem;
    const identity = this.#identity(url);
    if (identity === undefined)
      return { status: 400, body: { statusCode: 400, message: 'No managed identity was found for the id' } };
    const { body } = this.#token(url, 'app-service', identity);
    // This service tells only when the token ends.
    return {
      status: 200,
      body: typeof body === 'string' ? body : { ...body, expires_in: undefined, ext_expires_in: undefined },
    };
  }

  #arc({ headers, url }: FakeRequest): FakeAnswer {
    const problem = metadataProblem(headers, url) ?? versionProblem(url, ['2019-11-01', '2020-06-01']);
    if (problem !== undefined) return problem;
    const [scheme, key = ''] = (headers.authorization ?? '').split(' ');
    if (scheme !== 'Basic' || !this.#arcKeys.delete(key)) return this.#arcChallenge();
    const identity = this.isArcOld ? this.systemId : this.#identity(url);
    return identity === undefined ? notFound : this.#token(url, 'arc', identity);
  }

  #arcChallenge(): FakeAnswer {
    const key = randomBytes(12).toString('hex');
    const file = join(this.arcFolder, `${randomBytes(6).toString('hex')}.key`);
    this.#arcKeys.add(key);
    if (this.arcFolder !== '') writeFileSync(file, key);
    return {
      status: 401,
      body: { error: 'unauthorized_client', error_description: 'Missing Basic Authorization header' },
      headers: { 'www-authenticate': `Basic realm=${this.arcFile ?? file}` },
    };
  }

  /** Whom the request means. */
  #identity({ searchParams }: URL): string | undefined {
    const id =
      searchParams.get('client_id') ??
      searchParams.get('object_id') ??
      searchParams.get('msi_res_id') ??
      searchParams.get('mi_res_id');
    if (id === null) return this.systemId;
    return this.userIds.has(id) ? id : undefined;
  }

  #token({ searchParams }: URL, how: string, clientId: string): FakeAnswer {
    const { tokens, tenantId, nowMs } = this.#options;
    const resource = searchParams.get('resource') ?? '';
    const token = tokens.issue({ resource, tenantId, how, clientId, claims: '' });
    const seconds = Math.floor(nowMs() / 1000);
    return {
      status: 200,
      body: {
        access_token: token,
        client_id: clientId,
        expires_in: String(tokens.lifeSeconds),
        ext_expires_in: String(tokens.lifeSeconds),
        expires_on: String(seconds + tokens.lifeSeconds),
        not_before: String(seconds - 300),
        resource,
        token_type: 'Bearer',
      },
    };
  }
}

const notFound: FakeAnswer = {
  status: 400,
  body: { error: 'invalid_request', error_description: 'Identity not found' },
};

function metadataProblem(headers: FakeRequest['headers'], url: URL): FakeAnswer | undefined {
  if (headers['metadata'] !== 'true')
    return {
      status: 400,
      body: { error: 'invalid_request', error_description: 'Required metadata header not specified' },
    };
  // Names of parameters are known in this spelling only.
  const names = ['api-version', 'resource', 'client_id', 'object_id', 'msi_res_id', 'bypass_cache'];
  const isKnown = [...url.searchParams.keys()].every((name) => names.includes(name));
  return isKnown ? undefined : { status: 400, body: { error: 'bad_request', error_description: 'unknown parameter' } };
}

function versionProblem({ searchParams }: URL, known: readonly string[]): FakeAnswer | undefined {
  const isFine =
    known.includes(searchParams.get('api-version') ?? '') &&
    /^https:\/\/[^/]+$/.test(searchParams.get('resource') ?? '');
  return isFine
    ? undefined
    : {
        status: 400,
        body: { error: 'invalid_request', error_description: 'api-version or resource is missing or wrong' },
      };
}
