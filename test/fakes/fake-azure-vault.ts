import { randomUUID } from 'node:crypto';
import { type FakeAnswer, FakeServer, type FakeRequest } from './fake-azure-http.ts';
import { type FakeSecret, FakeSecrets, type FakeVersion, newestOf } from './fake-azure-secrets.ts';
import type { FakeGrant, FakeTokens } from './fake-azure-tokens.ts';
import type { CertificateFiles } from './make-certificate.ts';

const API_VERSIONS = new Set(['7.0', '7.1', '7.2', '7.3', '7.4', '7.5', '7.6', '2025-07-01', '2026-04-01']);
const RESOURCE = 'https://vault.azure.net';

export interface FakeVaultOptions {
  readonly tokens: FakeTokens;
  readonly tenantId: string;
  readonly files: CertificateFiles;
  readonly nowMs: () => number;
  /** Where its tenant logs in. */
  readonly authority: () => string;
}

/** How the vault refuses a caller that it knows. */
export type FakeRefusal = 'ForbiddenByRbac' | 'ForbiddenByPolicy' | 'AccessDenied';

const LINK = 'For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182';

/** A strict Key Vault over HTTPS on loopback. It refuses what Key Vault refuses, and lists in no order of time or name. */
export class FakeKeyVault {
  readonly secrets = new FakeSecrets();
  readonly server: FakeServer;
  /** Names in small letters that the caller may not get. */
  readonly denied = new Set<string>();
  refusal: FakeRefusal = 'ForbiddenByRbac';
  mayGet = true;
  mayList = true;
  network: 'open' | 'ForbiddenByFirewall' | 'ForbiddenByConnection' = 'open';
  /** Puts an empty page before each page of a list. */
  hasEmptyPages = false;
  /** Claims that a token must have been asked with, since something about it has changed. */
  claims: string | undefined;
  /** The service that the challenge names. */
  resource = RESOURCE;
  readonly #options: FakeVaultOptions;

  constructor(options: FakeVaultOptions) {
    this.#options = options;
    this.server = new FakeServer((request) => this.#answer(request), options.nowMs, options.files);
  }

  get url(): string {
    return this.server.origin;
  }

  #answer(request: FakeRequest): FakeAnswer {
    const answer = this.#authenticated(request);
    const common = {
      'x-ms-request-id': randomUUID(),
      'x-ms-keyvault-region': 'westeurope',
      'cache-control': 'no-cache',
    };
    return { ...answer, headers: { ...common, ...answer.headers } };
  }

  #authenticated(request: FakeRequest): FakeAnswer {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    if (scheme !== 'Bearer' || token === undefined || token === '')
      return this.#challenge('AKV10000: Request is missing a Bearer or PoP token.');
    const grant = this.#options.tokens.find(token);
    if (grant === undefined) return this.#challenge('AKV10001: Token validation failed.');
    const problem = this.#tokenProblem(grant);
    if (problem !== undefined) return problem;
    if (this.network !== 'open') return this.#refuseNetwork(this.network);
    if (request.method !== 'GET') return failure(405, 'MethodNotAllowed', `Method ${request.method} is not allowed.`);
    return this.#read(request);
  }

  #tokenProblem(grant: FakeGrant): FakeAnswer | undefined {
    const { tokens, tenantId } = this.#options;
    if (!tokens.isLive(grant)) return this.#challenge('AKV10011: The token has expired.');
    if (grant.resource !== this.resource)
      return this.#challenge(`AKV10022: Invalid audience. Expected ${this.resource}, found: ${grant.resource}.`);
    if (grant.tenantId !== tenantId)
      return this.#challenge(
        `AKV10032: Invalid issuer. Expected one of https://sts.windows.net/${tenantId}/, found https://sts.windows.net/${grant.tenantId}/.`,
      );
    if (this.claims === undefined || grant.claims.includes(this.claims)) return undefined;
    const claims = Buffer.from(JSON.stringify({ access_token: { nbf: { essential: true, value: this.claims } } }));
    return this.#challenge(
      'AKV10037: The token was revoked.',
      `, error="insufficient_claims", claims="${claims.toString('base64')}"`,
    );
  }

  #challenge(message: string, more = ''): FakeAnswer {
    const { authority, tenantId } = this.#options;
    const challenge = `Bearer authorization="${authority()}/${tenantId}", resource="${this.resource}"${more}`;
    return { ...failure(401, 'Unauthorized', message), headers: { 'www-authenticate': challenge } };
  }

  #refuseNetwork(innerCode: string): FakeAnswer {
    const message =
      innerCode === 'ForbiddenByConnection'
        ? 'Public network access is disabled and request is not from a trusted service nor via an approved private link.'
        : 'Client address is not authorized and caller is not a trusted service.\r\nClient address: 203.0.113.7';
    return failure(403, `Forbidden/${innerCode}`, message);
  }

  #read({ url }: FakeRequest): FakeAnswer {
    const problem = queryProblem(url);
    if (problem !== undefined) return failure(400, 'BadParameter', problem);
    const [kind, name, version, ...rest] = url.pathname
      .replace(/(.)\/$/, '$1')
      .split('/')
      .slice(1);
    if (kind !== 'secrets' || rest.length > 0) return failure(404, 'NotFound', 'The path is not of the vault.');
    if (name === undefined)
      return this.#list(
        url,
        this.secrets.all().map((secret) => [secret, newestOf(secret), ''] as const),
      );
    if (!/^[0-9a-zA-Z-]{1,127}$/.test(decodeURIComponent(name)))
      return failure(400, 'BadParameter', 'The request URI contains an invalid name: the pattern is ^[0-9a-zA-Z-]+$');
    if (version === 'versions') return this.#listVersions(url, name);
    if (version !== undefined && !/^[0-9a-f]{32}$/i.test(version))
      return failure(400, 'BadParameter', 'The request URI contains an invalid version.');
    return this.#get(name, version?.toLowerCase());
  }

  #get(name: string, id: string | undefined): FakeAnswer {
    if (!this.mayGet || this.denied.has(name.toLowerCase())) return this.#refuse('get', 'getSecret');
    const secret = this.secrets.find(name);
    const version = secret && (id === undefined ? newestOf(secret) : secret.versions.find((one) => one.id === id));
    if (secret === undefined || version === undefined)
      return failure(
        404,
        'SecretNotFound',
        `A secret with (name/id) ${name}${id === undefined ? '' : `/${id}`} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. ${LINK}`,
      );
    if (!version.enabled)
      return failure(403, 'Forbidden/SecretDisabled', 'Operation get is not allowed on a disabled secret.');
    return { status: 200, body: { value: version.value, ...this.#item(secret, version, `/${version.id}`) } };
  }

  /** The versions of a secret that is not there are none, without an error. */
  #listVersions(url: URL, name: string): FakeAnswer {
    const secret = this.secrets.find(name);
    const versions = (secret?.versions ?? []).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    return this.#list(
      url,
      versions.flatMap((version) => (secret ? [[secret, version, `/${version.id}`] as const] : [])),
    );
  }

  #list(url: URL, rows: readonly (readonly [FakeSecret, FakeVersion, string])[]): FakeAnswer {
    if (!this.mayList) return this.#refuse('list', 'readMetadata');
    const size = Number(url.searchParams.get('maxresults') ?? 25);
    const [start = 0, isAfterEmpty] = (url.searchParams.get('$skiptoken') ?? '0').split('.').map(Number);
    const isEmpty = this.hasEmptyPages && isAfterEmpty !== 1;
    const end = isEmpty ? start : start + size;
    const next = new URL(url);
    next.searchParams.set('$skiptoken', `${end}.${isEmpty ? 1 : 0}`);
    return {
      status: 200,
      body: {
        value: rows.slice(start, end).map(([secret, version, suffix]) => this.#item(secret, version, suffix)),
        nextLink: end < rows.length ? next.href : null,
      },
    };
  }

  #item({ name }: FakeSecret, version: FakeVersion, suffix: string): object {
    const { contentType, tags, nbf, exp, managed, kid } = version.more;
    const { enabled, created, updated } = version;
    return {
      ...(contentType !== undefined && { contentType }),
      id: `${this.url}/secrets/${name}${suffix}`,
      ...(managed !== undefined && { managed }),
      ...(kid !== undefined && suffix !== '' && { kid }),
      attributes: {
        enabled,
        ...(nbf !== undefined && { nbf }),
        ...(exp !== undefined && { exp }),
        created,
        updated,
        recoveryLevel: 'Recoverable+Purgeable',
        recoverableDays: 90,
      },
      ...(tags !== undefined && { tags }),
    };
  }

  #refuse(permission: string, action: string): FakeAnswer {
    const message =
      this.refusal === 'ForbiddenByRbac'
        ? `Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nCaller: appid=...\r\nAction: 'Microsoft.KeyVault/vaults/secrets/${action}/action'`
        : `The user, group or application 'appid=...' does not have secrets ${permission} permission on key vault 'shop;location=westeurope'. ${LINK}`;
    return failure(403, `Forbidden/${this.refusal}`, message);
  }
}

function queryProblem({ searchParams, pathname }: URL): string | undefined {
  const version = searchParams.get('api-version');
  if (version === null) return 'The api-version query parameter is required.';
  if (!API_VERSIONS.has(version)) return `The specified version (${version}) is not recognized.`;
  const isList = /^\/secrets\/?$|\/versions\/?$/.test(pathname);
  const size = searchParams.get('maxresults');
  if (size !== null && (!isList || !/^\d+$/.test(size) || Number(size) < 1 || Number(size) > 25))
    return 'The maxresults query parameter must be from 1 to 25.';
  return undefined;
}

/** An error in the shape of Key Vault. @param codes the code, and behind a slash the inner one. */
export function failure(status: number, codes: string, message: string): FakeAnswer {
  const [code, innerCode] = codes.split('/');
  return {
    status,
    body: { error: { code, message, ...(innerCode !== undefined && { innererror: { code: innerCode } }) } },
  };
}
