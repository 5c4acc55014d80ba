import { randomUUID } from 'node:crypto';
import { assertionProblem, type FakeCertificate, type FakeFederation } from './fake-azure-assertion.ts';
import { type FakeAnswer, type FakeRequest, FakeServer } from './fake-azure-http.ts';
import type { FakeTokens } from './fake-azure-tokens.ts';
import type { CertificateFiles } from './make-certificate.ts';

export interface FakeApplication {
  readonly secrets: Map<string, 'valid' | 'expired'>;
  readonly certificates: FakeCertificate[];
  readonly federations: FakeFederation[];
}

export interface FakeEntraOptions {
  readonly tokens: FakeTokens;
  /** Ids of tenants; a domain stands for the first. */
  readonly tenants: readonly string[];
  readonly files: CertificateFiles;
  readonly nowMs: () => number;
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const RESOURCES = new Set(['https://vault.azure.net', 'https://management.azure.com']);
const DOMAIN = 'shop.onmicrosoft.com';

/** A refusal: the HTTP status, the error of OAuth, the number and the words of Entra. */
type Problem = readonly [status: number, error: string, number: number, words: string];

/** A strict Entra over HTTPS on loopback: the token endpoint with the grant for programs. */
export class FakeEntra {
  readonly server: FakeServer;
  /** By client id. All tenants know all of them. */
  readonly applications = new Map<string, FakeApplication>();
  readonly #options: FakeEntraOptions;
  readonly #usedIds = new Set<string>();

  constructor(options: FakeEntraOptions) {
    this.#options = options;
    this.server = new FakeServer((request) => this.#answer(request), options.nowMs, options.files);
  }

  get origin(): string {
    return this.server.origin;
  }

  /** Makes the application known. */
  application(clientId: string): FakeApplication {
    const application = this.applications.get(clientId) ?? { secrets: new Map(), certificates: [], federations: [] };
    this.applications.set(clientId, application);
    return application;
  }

  /** How many logins were tried. */
  get logins(): number {
    return this.server.requests.filter(({ url }) => url.pathname.endsWith('/token')).length;
  }

  async #answer(request: FakeRequest): Promise<FakeAnswer> {
    const [tenant = '', ...rest] = request.url.pathname.split('/').slice(1);
    const path = rest.join('/');
    if (path === 'v2.0/.well-known/openid-configuration' && request.method === 'GET') return this.#discovery(tenant);
    if (path !== 'oauth2/v2.0/token') return { status: 404, body: '<html>Not found</html>' };
    if (request.method !== 'POST')
      return refusal([405, 'invalid_request', 900561, 'The endpoint only accepts POST requests.']);
    return this.#login(tenant, request);
  }

  #discovery(tenant: string): FakeAnswer {
    const base = `${this.origin}/${tenant}`;
    return {
      status: 200,
      body: {
        token_endpoint: `${base}/oauth2/v2.0/token`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        issuer: `${base}/v2.0`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
      },
    };
  }

  async #login(tenant: string, { headers, body }: FakeRequest): Promise<FakeAnswer> {
    const tenantId = this.#tenantId(tenant);
    if (tenantId === undefined)
      return refusal([
        400,
        'invalid_request',
        90002,
        `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`,
      ]);
    if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
      return refusal([
        400,
        'invalid_request',
        900144,
        "The request body must contain the following parameter: 'grant_type'.",
      ]);
    const form = new URLSearchParams(body);
    const resource = form.get('scope')?.replace(/\/\.default$/, '') ?? '';
    const problem = this.#formProblem(form, resource) ?? (await this.#proofProblem(form, tenant));
    if (problem !== undefined) return refusal(problem);
    const { tokens } = this.#options;
    const clientId = form.get('client_id') ?? '';
    const how = this.#how(form, clientId);
    const claims = form.get('claims') ?? '';
    const token = tokens.issue({ resource, tenantId, how, clientId, claims });
    const life = tokens.lifeSeconds;
    return { status: 200, body: { token_type: 'Bearer', expires_in: life, ext_expires_in: life, access_token: token } };
  }

  #tenantId(tenant: string): string | undefined {
    const { tenants } = this.#options;
    return tenant === DOMAIN ? tenants[0] : tenants.find((id) => id === tenant.toLowerCase());
  }

  #formProblem(form: URLSearchParams, resource: string): Problem | undefined {
    const clientId = form.get('client_id') ?? '';
    if (form.get('grant_type') !== 'client_credentials')
      return [400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.'];
    if (!form.get('scope')?.endsWith('/.default'))
      return [400, 'invalid_scope', 1002012, 'The provided value for scope is not valid.'];
    if (!RESOURCES.has(resource))
      return [400, 'invalid_resource', 500011, `The resource principal named ${resource} was not found in the tenant.`];
    if (!this.applications.has(clientId))
      return [
        400,
        'unauthorized_client',
        700016,
        `Application with identifier '${clientId}' was not found in the directory.`,
      ];
    if (form.has('claims') && !isJson(form.get('claims')))
      return [400, 'invalid_request', 9000411, 'The claims parameter is not JSON.'];
    return undefined;
  }

  async #proofProblem(form: URLSearchParams, tenant: string): Promise<Problem | undefined> {
    const application = this.application(form.get('client_id') ?? '');
    const [secret, assertion] = [form.get('client_secret'), form.get('client_assertion')];
    if (secret !== null && assertion !== null)
      return [400, 'invalid_request', 70002, 'Only one credential may be sent.'];
    if (secret !== null) return secretProblem(application, secret);
    if (assertion === null || form.get('client_assertion_type') !== ASSERTION_TYPE)
      return [401, 'invalid_client', 7000218, "The request body must contain 'client_assertion' or 'client_secret'."];
    const found = await assertionProblem(assertion, {
      ...application,
      clientId: form.get('client_id') ?? '',
      audience: `${this.origin}/${tenant}/oauth2/v2.0/token`,
      nowMs: this.#options.nowMs(),
      usedIds: this.#usedIds,
    });
    return found === undefined
      ? undefined
      : [401, 'invalid_client', found, `The assertion is not accepted: ${assertion}`];
  }

  #how(form: URLSearchParams, clientId: string): string {
    if (form.has('client_secret')) return 'client-secret';
    const header = JSON.parse(Buffer.from(form.get('client_assertion')?.split('.')[0] ?? '', 'base64url').toString());
    const isOurs = this.applications
      .get(clientId)
      ?.certificates.some(({ sha1, sha256 }) =>
        [header.x5t, header['x5t#S256']].some((thumbprint) => thumbprint === sha1 || thumbprint === sha256),
      );
    return isOurs === true ? 'client-certificate' : 'workload-identity';
  }
}

function secretProblem(application: FakeApplication, secret: string): Problem | undefined {
  const state = application.secrets.get(secret);
  if (state === 'expired')
    return [401, 'invalid_client', 7000222, "The provided client secret keys for app 'shop' are expired."];
  if (state === undefined)
    return [
      401,
      'invalid_client',
      7000215,
      'Invalid client secret provided. Ensure the secret being sent is the client secret value, not the ID.',
    ];
  return undefined;
}

/** A refusal in the shape of Entra. */
export function refusal([status, error, number, words]: Problem): FakeAnswer {
  const [trace, correlation] = [randomUUID(), randomUUID()];
  return {
    status,
    headers: { 'x-ms-request-id': trace },
    body: {
      error,
      error_description: `AADSTS${number}: ${words} Trace ID: ${trace} Correlation ID: ${correlation}`,
      error_codes: [number],
      timestamp: '2026-01-01 00:00:00Z',
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${number}`,
    },
  };
}

function isJson(text: string | null): boolean {
  try {
    JSON.parse(text ?? '');
    return true;
  } catch {
    return false;
  }
}
