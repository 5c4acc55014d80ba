import { CLOUD_PLATFORM, type FakeGcpAuthority } from './fake-gcp-authority.ts';
import { type FakeRequest, type FakeResponse, type FakeServer, startFakeServer } from './fake-gcp-server.ts';

const ROOT = '/computeMetadata/v1/instance';
const ACCOUNT = `${ROOT}/service-accounts/default`;
const FLAVOR = { 'Metadata-Flavor': 'Google' };

/** The metadata server of a machine. */
export class FakeGcpMetadata {
  /** Undefined for a machine without a service account. */
  account: string | undefined;
  lifetimeSeconds = 3599;
  /** Answers without the header that shows its flavour, like a service of another cloud. */
  isImpostor = false;
  readonly faults: (FakeResponse | 'hang' | 'cut')[] = [];
  readonly #authority: FakeGcpAuthority;

  constructor(authority: FakeGcpAuthority, account?: string) {
    this.#authority = authority;
    this.account = account;
  }

  start(): Promise<FakeServer> {
    return startFakeServer((request) => {
      const answer = this.faults.shift() ?? this.#answer(request);
      if (typeof answer === 'string') return answer;
      return this.isImpostor ? answer : { ...answer, headers: { ...FLAVOR, ...answer.headers } };
    });
  }

  #answer({ method, path, query, headers }: FakeRequest): FakeResponse {
    if (method !== 'GET') return { status: 405, body: 'Method Not Allowed' };
    // Both are signs of a request that somebody else was tricked into.
    if (headers['metadata-flavor'] !== 'Google' || headers['x-forwarded-for'] !== undefined)
      return { status: 403, body: 'Your client does not have permission to get this URL' };
    if (path === ROOT) return { status: 200, body: 'service-accounts/\n' };
    if (this.account === undefined) return { status: 404, body: 'Not Found' };
    if (path === `${ACCOUNT}/email`) return { status: 200, body: this.account };
    if (path !== `${ACCOUNT}/token`) return { status: 404, body: 'Not Found' };
    const scopes = query.get('scopes') ?? CLOUD_PLATFORM;
    if (scopes !== CLOUD_PLATFORM) return { status: 400, body: 'Bad Request' };
    const token = this.#authority.issue(this.account, this.lifetimeSeconds * 1000);
    return { status: 200, body: { access_token: token, expires_in: this.lifetimeSeconds, token_type: 'Bearer' } };
  }
}
