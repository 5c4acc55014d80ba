import { createHash } from 'node:crypto';
import type { FakeGcpAuthority } from './fake-gcp-authority.ts';
import { htmlNotFound, rpcError } from './fake-gcp-errors.ts';
import { secretFilter, versionFilter } from './fake-gcp-filter.ts';
import { FakeIam } from './fake-gcp-iam.ts';
import { type FakeRequest, type FakeResponse, type FakeServer, startFakeServer } from './fake-gcp-server.ts';
import { type FakeSecret, FakeGcpStore, payloadBody, secretBody, versionBody } from './fake-gcp-store.ts';

export const PROJECT = { id: 'shop', number: '482913337105' } as const;

const ROUTE =
  /^\/v1\/projects\/(?<project>[^/]+)(?:\/locations\/(?<location>[^/]+))?\/secrets(?:\/(?<id>[^/:]+)(?<versions>\/versions(?:\/(?<version>[^/:]+))?)?)?(?<verb>:\w+)?$/;
const MAX_PAGE = 25_000;
const SYSTEM_PARAMETERS = ['$alt', 'alt'];
const LIST_PARAMETERS = ['pageSize', 'pageToken', 'filter'];

/** What the API's front refuses before it looks at a secret. */
export interface FakeConditions {
  serviceDisabled: boolean;
  billingDisabled: boolean;
  /** Each page of a list is preceded by an empty one. */
  emptyPages: boolean;
  /** So many payloads come with a wrong checksum, the next one first. */
  corruptPayloads: number;
  omitChecksums: boolean;
}

/** The REST API of Secret Manager for one project, as strict as the cloud: what it does not know it refuses. */
export class FakeGcpSecretManager {
  readonly store = new FakeGcpStore();
  readonly iam = new FakeIam();
  readonly conditions: FakeConditions = {
    serviceDisabled: false,
    billingDisabled: false,
    emptyPages: false,
    corruptPayloads: 0,
    omitChecksums: false,
  };
  /** Given instead of an answer, the first one first. */
  readonly faults: (FakeResponse | 'hang' | 'cut')[] = [];
  /** Says how each request fails; undefined lets it pass. */
  fault: (request: FakeRequest) => FakeResponse | 'hang' | 'cut' | undefined = () => undefined;
  readonly #authority: FakeGcpAuthority;
  readonly #location: string | undefined;

  constructor(authority: FakeGcpAuthority, location?: string) {
    this.#authority = authority;
    this.#location = location;
  }

  start(): Promise<FakeServer> {
    return startFakeServer((request) => this.faults.shift() ?? this.fault(request) ?? this.#answer(request));
  }

  #answer(request: FakeRequest): FakeResponse {
    const parts = ROUTE.exec(request.path)?.groups;
    if (parts === undefined) return htmlNotFound;
    const call = { ...decode(parts), request, enumsAsNumbers: asksForNumbers(request) };
    return (
      unknownParameter(call) ?? this.#authenticate(call) ?? this.#consumer(call) ?? this.#serve(call) ?? htmlNotFound
    );
  }

  #authenticate(call: Call): FakeResponse | undefined {
    const [, token] = /^Bearer (\S+)$/.exec(call.request.headers.authorization ?? '') ?? [];
    const found = token === undefined ? { reason: 'CREDENTIALS_MISSING' } : this.#authority.bearer(token);
    if (!('reason' in found)) {
      call.email = found.email;
      return undefined;
    }
    const message = 'Request had invalid authentication credentials.';
    const status = found.reason === 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' ? 'PERMISSION_DENIED' : 'UNAUTHENTICATED';
    return rpcError(status, message, { reason: found.reason, metadata: { service: 'secretmanager.googleapis.com' } });
  }

  #consumer({ project, location, request }: Call): FakeResponse | undefined {
    const payer = request.headers['x-goog-user-project'] ?? PROJECT.id;
    const metadata = { consumer: `projects/${PROJECT.number}`, service: 'secretmanager.googleapis.com' };
    if (payer === 'not-ours')
      return rpcError('PERMISSION_DENIED', 'Caller does not have required permission to use project not-ours.', {
        reason: 'USER_PROJECT_DENIED',
        metadata: { ...metadata, consumer: 'projects/not-ours' },
      });
    if (!isKnown(project) || !isKnown(String(payer)))
      return rpcError('PERMISSION_DENIED', `Permission denied on resource project ${project}.`, {
        reason: 'CONSUMER_INVALID',
        metadata: { ...metadata, consumer: `projects/${project}` },
      });
    if (this.conditions.serviceDisabled)
      return rpcError(
        'PERMISSION_DENIED',
        `Secret Manager API has not been used in project ${project} before or it is disabled.`,
        {
          reason: 'SERVICE_DISABLED',
          metadata,
        },
      );
    if (this.conditions.billingDisabled)
      return rpcError('PERMISSION_DENIED', 'This API method requires billing to be enabled.', {
        reason: 'BILLING_DISABLED',
        metadata,
      });
    if (location !== this.#location)
      return rpcError('INVALID_ARGUMENT', 'The location in the resource name does not match the endpoint.');
    return undefined;
  }

  #serve(call: Call): FakeResponse | undefined {
    const { id, version, verb, isVersions, request } = call;
    const method = `${request.method} ${id === '' ? '' : 's'}${isVersions ? 'v' : ''}${version === '' ? '' : 'n'}${verb}`;
    switch (method) {
      case 'GET ':
        return this.#allow(call, 'secrets.list') ?? this.#listSecrets(call);
      case 'GET s':
        return (
          this.#allow(call, 'secrets.get') ?? this.#withSecret(call, (secret) => ok(secretBody(this.#name(id), secret)))
        );
      case 'GET sv':
        return (
          this.#allow(call, 'versions.list') ?? this.#withSecret(call, (secret) => this.#listVersions(call, secret))
        );
      case 'GET svn':
        return this.#allow(call, 'versions.get') ?? this.#withSecret(call, (secret) => this.#getVersion(call, secret));
      case 'GET svn:access':
        return this.#allow(call, 'versions.access') ?? this.#withSecret(call, (secret) => this.#access(call, secret));
      case 'POST s:rotateSecret':
        return this.#allow(call, 'secrets.rotate') ?? this.#withSecret(call, (secret) => this.#rotate(call, secret));
      default:
        return undefined;
    }
  }

  /** IAM speaks before anyone looks whether there is such a secret. */
  #allow(call: Call, permission: string): FakeResponse | undefined {
    const name = `secretmanager.${permission}`;
    if (this.iam.allows(call.email, call.id, name)) return undefined;
    const resource = call.request.path.replace(/^\/v1\//, '').replace(/:\w+$/, '');
    return rpcError(
      'PERMISSION_DENIED',
      `Permission '${name}' denied for resource '${resource}' (or it may not exist).`,
      {
        reason: 'IAM_PERMISSION_DENIED',
        domain: 'iam.googleapis.com',
        metadata: { permission: name, resource },
      },
    );
  }

  #withSecret(call: Call, serve: (secret: FakeSecret) => FakeResponse): FakeResponse {
    const secret = this.store.secrets.get(call.id);
    if (!/^[\w-]{1,255}$/.test(call.id))
      return rpcError(
        'INVALID_ARGUMENT',
        `Resource ID [projects/${PROJECT.number}/secrets/${call.id}] is not in a valid format.`,
      );
    if (secret !== undefined) return serve(secret);
    const suffix = call.isVersions ? ' or has no versions' : '';
    return rpcError('NOT_FOUND', `Secret [${this.#name(call.id)}] not found${suffix}.`);
  }

  #listSecrets(call: Call): FakeResponse {
    const filter = call.request.query.get('filter') ?? '';
    const matches = secretFilter(filter, (id) => this.#name(id));
    if (matches === undefined) return rpcError('INVALID_ARGUMENT', `Invalid filter: ${filter}`);
    const all = this.store.newestFirst().filter(matches);
    const page = this.#page(call, all);
    if ('body' in page) return page;
    const secrets = page.items.map((secret) => secretBody(this.#name(secret.id), secret));
    return ok({ ...(secrets.length > 0 && { secrets }), ...page.next, totalSize: filter === '' ? all.length : 0 });
  }

  #listVersions(call: Call, secret: FakeSecret): FakeResponse {
    const filter = call.request.query.get('filter') ?? '';
    const matches = versionFilter(filter);
    if (matches === undefined) return rpcError('INVALID_ARGUMENT', `Invalid filter: ${filter}`);
    const all = secret.versions.toReversed().filter(matches);
    const page = this.#page(call, all);
    if ('body' in page) return page;
    const versions = page.items.map((version) =>
      versionBody(`${this.#name(secret.id)}/versions/${version.number}`, version, call.enumsAsNumbers),
    );
    return ok({ ...(versions.length > 0 && { versions }), ...page.next, totalSize: filter === '' ? all.length : 0 });
  }

  /** A token is good for the list and the filter that it was made for. */
  #page<T>({ request, project, id }: Call, all: readonly T[]): Page<T> | FakeResponse {
    const { query } = request;
    const size = Number(query.get('pageSize') ?? '0');
    if (!Number.isSafeInteger(size) || size < 0) return rpcError('INVALID_ARGUMENT', 'Invalid page_size.');
    const bound = createHash('sha256')
      .update(JSON.stringify([project, id, query.get('filter') ?? '']))
      .digest('hex');
    const given = query.get('pageToken') ?? '';
    const [, offset, isFilled] =
      new RegExp(`^(\\d+)(f?)\\.${bound}$`).exec(Buffer.from(given, 'base64').toString()) ?? [];
    if (given !== '' && offset === undefined)
      return rpcError('INVALID_ARGUMENT', 'The provided page token is invalid.');
    const start = Number(offset ?? '0');
    const token = (at: number, mark: string): { readonly nextPageToken: string } => ({
      nextPageToken: Buffer.from(`${at}${mark}.${bound}`).toString('base64'),
    });
    if (this.conditions.emptyPages && isFilled !== 'f') return { items: [], next: token(start, 'f') };
    const end = start + (size === 0 ? 100 : Math.min(size, MAX_PAGE));
    return { items: all.slice(start, end), next: end < all.length ? token(end, '') : {} };
  }

  #getVersion(call: Call, secret: FakeSecret): FakeResponse {
    const version = this.store.find(secret, call.version);
    if (version === undefined) return this.#noVersion(call);
    return ok(versionBody(`${this.#name(secret.id)}/versions/${version.number}`, version, call.enumsAsNumbers));
  }

  #access(call: Call, secret: FakeSecret): FakeResponse {
    const version = this.store.find(secret, call.version);
    if (version === undefined) return this.#noVersion(call);
    const name = `${this.#name(secret.id)}/versions/${version.number}`;
    if (version.state !== 'ENABLED' || version.data === undefined)
      return rpcError('FAILED_PRECONDITION', `Secret Version [${name}] is in ${version.state} state.`);
    const { data, dataCrc32c } = payloadBody(version.data);
    const checksum = this.conditions.corruptPayloads-- > 0 ? '1' : dataCrc32c;
    return ok({ name, payload: this.conditions.omitChecksums ? { data } : { data, dataCrc32c: checksum } });
  }

  #rotate({ request }: Call, secret: FakeSecret): FakeResponse {
    if (request.body.trim() !== '{}')
      return rpcError('INVALID_ARGUMENT', 'Invalid JSON payload received. Unknown name.');
    const managed = secret.rotation?.['managedRotationStatus'];
    if (JSON.stringify(managed) !== '{"state":"ACTIVE"}')
      return rpcError('FAILED_PRECONDITION', 'Managed rotation is not enabled for the secret.');
    const number = this.store.add(secret.id, `rotated-${secret.versions.length + 1}`);
    const version = this.store.find(secret, String(number));
    if (version === undefined) throw new Error('the version that was added is not there');
    return ok(versionBody(`${this.#name(secret.id)}/versions/${number}`, version, false));
  }

  #noVersion({ id, version }: Call): FakeResponse {
    const message =
      version === 'latest'
        ? `Secret [${this.#name(id)}] not found or has no versions.`
        : `Secret Version [${this.#name(id)}/versions/${version}] not found.`;
    return rpcError('NOT_FOUND', message);
  }

  /** Answers name the project by its number. */
  #name(id: string): string {
    const region = this.#location === undefined ? '' : `/locations/${this.#location}`;
    return `projects/${PROJECT.number}${region}/secrets/${id}`;
  }
}

interface Call {
  readonly request: FakeRequest;
  readonly project: string;
  readonly location: string | undefined;
  readonly id: string;
  readonly version: string;
  readonly verb: string;
  readonly isVersions: boolean;
  readonly enumsAsNumbers: boolean;
  email: string;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: { readonly nextPageToken?: string };
}

function decode(parts: Readonly<Record<string, string | undefined>>): Omit<Call, 'request' | 'enumsAsNumbers'> {
  const of = (name: string): string => decodeURIComponent(parts[name] ?? '');
  return {
    project: of('project'),
    location: parts['location'],
    id: of('id'),
    version: of('version'),
    verb: of('verb'),
    isVersions: parts['versions'] !== undefined,
    email: '',
  };
}

/** The names of the API are in camel case, and a parameter that it does not have is an error. */
function unknownParameter(call: Call): FakeResponse | undefined {
  const { request, id, verb, version, isVersions } = call;
  const isList = verb === '' && request.method === 'GET' && version === '' && (id === '' || isVersions);
  const known = [...SYSTEM_PARAMETERS, ...(isList ? LIST_PARAMETERS : [])];
  const names = [...request.query.keys()];
  const unknown = names.find((name) => !known.includes(name)) ?? names.find((name, at) => names.indexOf(name) !== at);
  if (unknown === undefined) return undefined;
  return rpcError(
    'INVALID_ARGUMENT',
    `Invalid JSON payload received. Unknown name "${unknown}": Cannot bind query parameter.`,
  );
}

const asksForNumbers = ({ query }: FakeRequest): boolean => query.get('$alt') === 'json;enum-encoding=int';

const isKnown = (project: string): boolean => project === PROJECT.id || project === PROJECT.number;

const ok = (body: unknown): FakeResponse => ({ status: 200, body });
