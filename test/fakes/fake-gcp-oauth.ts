import { AWS_SUBJECT_TOKEN_TYPE, type FakeAwsKey, isSignedByAws } from './fake-gcp-aws-subject.ts';
import { CLOUD_PLATFORM, type FakeGcpAuthority } from './fake-gcp-authority.ts';
import { htmlNotFound, oauthError, rpcError } from './fake-gcp-errors.ts';
import { type FakeRequest, type FakeResponse, type FakeServer, startFakeServer } from './fake-gcp-server.ts';

/** The address that assertions are for, whatever the fake's own is: the official client signs for no other. */
const TOKEN_URL = 'https://oauth2.googleapis.com/token';
export const AUDIENCE =
  '//iam.googleapis.com/projects/482913337105/locations/global/workloadIdentityPools/pool/providers/cluster';
export const SUBJECT_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:jwt';
const IMPERSONATE = /^\/v1\/projects\/-\/serviceAccounts\/([^/]+):generateAccessToken$/;
const LONGEST_S = 3600;

/** A person who has logged in with gcloud. */
export interface FakeUser {
  readonly email: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}

/**
 * The token endpoint (`/token`), the Security Token Service (`/v1/token`) and the IAM Credentials API
 * (`/v1/projects/-/serviceAccounts/…`) of Google, on one address.
 */
export class FakeGcpOAuth {
  /** Subject tokens that the pool's provider takes, and whom each stands for. */
  readonly subjects = new Map<string, string>();
  /** Which identity may act as which account. */
  readonly tokenCreators = new Set<string>();
  /** The AWS key that the pool's provider takes, and whom it stands for. */
  awsKey: (FakeAwsKey & { readonly email: string }) | undefined;
  readonly users: FakeUser[] = [];
  readonly faults: (FakeResponse | 'hang' | 'cut')[] = [];
  lifetimeSeconds = LONGEST_S - 1;
  readonly #authority: FakeGcpAuthority;

  constructor(authority: FakeGcpAuthority) {
    this.#authority = authority;
  }

  start(): Promise<FakeServer> {
    const server = startFakeServer((request) => this.faults.shift() ?? this.#answer(request));
    void server.then(({ origin }) => (this.#origin = origin));
    return server;
  }

  #origin = '';

  allow(actor: string, account: string): void {
    this.tokenCreators.add(`${actor} ${account}`);
  }

  #answer(request: FakeRequest): FakeResponse {
    if (request.method !== 'POST') return htmlNotFound;
    if (request.path === '/token') return this.#asForm(request, (form) => this.#token(form));
    if (request.path === '/v1/token') return this.#asForm(request, (form) => this.#exchange(form, request));
    const [, account] = IMPERSONATE.exec(request.path) ?? [];
    return account === undefined ? htmlNotFound : this.#impersonate(request, decodeURIComponent(account));
  }

  #asForm(request: FakeRequest, serve: (form: URLSearchParams) => FakeResponse): FakeResponse {
    const type = request.headers['content-type'] ?? '';
    if (!type.startsWith('application/x-www-form-urlencoded'))
      return oauthError('invalid_request', 'Invalid content type');
    const form = new URLSearchParams(request.body);
    const names = [...form.keys()];
    return new Set(names).size < names.length ? oauthError('invalid_request', 'Repeated parameter') : serve(form);
  }

  #token(form: URLSearchParams): FakeResponse {
    switch (form.get('grant_type') ?? '') {
      case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
        return this.#bearer(form.get('assertion') ?? '');
      case 'refresh_token':
        return this.#refresh(form);
      default:
        return oauthError('unsupported_grant_type', 'Invalid grant_type');
    }
  }

  #bearer(assertion: string): FakeResponse {
    const claims = this.#authority.verifyJwt(assertion);
    if (claims === 'ACCESS_TOKEN_EXPIRED')
      return oauthError(
        'invalid_grant',
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
      );
    if (claims === 'ACCOUNT_STATE_INVALID') return oauthError('invalid_grant', 'Invalid grant: account not found');
    if (typeof claims === 'string') return oauthError('invalid_grant', 'Invalid JWT Signature.');
    const { iss, aud, scope } = claims;
    if (typeof iss !== 'string' || (aud !== TOKEN_URL && aud !== `${this.#origin}/token`))
      return oauthError('invalid_grant', 'Invalid JWT: Failed audience check.');
    if (scope !== CLOUD_PLATFORM)
      return oauthError('invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
    return this.#grant(iss);
  }

  #refresh(form: URLSearchParams): FakeResponse {
    const user = this.users.find(({ clientId }) => clientId === form.get('client_id'));
    if (user === undefined || user.clientSecret !== form.get('client_secret'))
      return oauthError('invalid_client', 'The OAuth client was not found.', 401);
    if (user.refreshToken !== form.get('refresh_token'))
      return oauthError('invalid_grant', 'Token has been expired or revoked.');
    return this.#grant(user.email);
  }

  /** RFC 8693. */
  #exchange(form: URLSearchParams, { headers }: FakeRequest): FakeResponse {
    const wanted = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      scope: CLOUD_PLATFORM,
    };
    for (const [name, value] of Object.entries(wanted))
      if (form.get(name) !== value) return oauthError('invalid_request', `Invalid value for "${name}".`);
    if (form.get('audience') !== AUDIENCE)
      return oauthError(
        'invalid_target',
        'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn\'t exist.',
      );
    if (headers.authorization !== undefined)
      return oauthError('invalid_client', 'The OAuth client was not found.', 401);
    const email = this.#subject(form.get('subject_token_type') ?? '', form.get('subject_token') ?? '');
    if (email === undefined)
      return oauthError('invalid_grant', 'The given credential is rejected by the attribute condition.');
    return this.#grant(email, { issued_token_type: wanted.requested_token_type });
  }

  #subject(type: string, token: string): string | undefined {
    const key = this.awsKey;
    if (type === AWS_SUBJECT_TOKEN_TYPE)
      return key !== undefined && isSignedByAws(token, key, AUDIENCE) ? key.email : undefined;
    return type === SUBJECT_TOKEN_TYPE ? this.subjects.get(token) : undefined;
  }

  #impersonate(request: FakeRequest, account: string): FakeResponse {
    const [, token = ''] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
    const actor = this.#authority.bearer(token);
    if ('reason' in actor)
      return rpcError('UNAUTHENTICATED', 'Request had invalid authentication credentials.', { reason: actor.reason });
    const { scope, lifetime, delegates = [], ...rest } = parse(request.body);
    const [, seconds] = /^(\d+)s$/.exec(String(lifetime)) ?? [];
    if (
      Object.keys(rest).length > 0 ||
      JSON.stringify(scope) !== JSON.stringify([CLOUD_PLATFORM]) ||
      !Array.isArray(delegates)
    )
      return rpcError('INVALID_ARGUMENT', 'Invalid JSON payload received.');
    if (seconds === undefined || Number(seconds) < 1 || Number(seconds) > LONGEST_S)
      return rpcError('INVALID_ARGUMENT', 'The lifetime is out of range.');
    if (!this.tokenCreators.has(`${actor.email} ${account}`) || !this.#authority.hasAccount(account))
      return rpcError(
        'PERMISSION_DENIED',
        "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
        {
          reason: 'IAM_PERMISSION_DENIED',
          domain: 'iam.googleapis.com',
          metadata: { permission: 'iam.serviceAccounts.getAccessToken' },
        },
      );
    const accessToken = this.#authority.issue(account, Number(seconds) * 1000);
    const expireTime = new Date(this.#authority.nowMs() + Number(seconds) * 1000).toISOString();
    return { status: 200, body: { accessToken, expireTime } };
  }

  #grant(email: string, more: Readonly<Record<string, string>> = {}): FakeResponse {
    const token = this.#authority.issue(email, this.lifetimeSeconds * 1000);
    return {
      status: 200,
      body: { access_token: token, expires_in: this.lifetimeSeconds, token_type: 'Bearer', ...more },
    };
  }
}

interface ImpersonationBody {
  readonly scope?: unknown;
  readonly lifetime?: string;
  readonly delegates?: unknown;
}

function parse(body: string): ImpersonationBody {
  try {
    // What it holds is looked at member by member.
    return JSON.parse(body) as ImpersonationBody;
  } catch {
    return {};
  }
}
