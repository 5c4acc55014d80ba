import { Loopback, type LoopbackAnswer } from './aws-loopback.ts';
import { checkSignature, type KnownKey, type SignedMessage } from './aws-signature-check.ts';

export interface FakeVaultAwsOptions {
  readonly nowMs: () => number;
  /** Who STS knows. */
  readonly keys: ReadonlyMap<string, KnownKey>;
  readonly role: string;
  /** Vault's `iam_server_id_header_value`. */
  readonly serverId?: string;
  /** The STS that Vault is told to ask. */
  readonly stsHost: string;
}

const SERVER_ID = 'x-vault-aws-iam-server-id';
const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';
/** What Vault takes of the headers that begin with `X-Amz-`. */
const ALLOWED = new Set(['x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256', 'x-amz-user-agent']);

/** The login of Vault's AWS auth method, type IAM, with STS behind it: verifies the signature of the request itself. */
export class FakeVaultAws {
  readonly server: Loopback;
  readonly #options: FakeVaultAwsOptions;
  #logins = 0;

  constructor(options: FakeVaultAwsOptions) {
    this.#options = options;
    this.server = new Loopback((message) => this.#answer(message));
  }

  #answer({ method, target, body }: SignedMessage): LoopbackAnswer {
    if (target !== '/v1/auth/aws/login' || method !== 'POST') return refusal(404, 'no handler for route');
    const login: Readonly<Record<string, string>> = JSON.parse(body);
    if (login['role'] !== this.#options.role) return refusal(400, 'entry for role not found');
    if (login['iam_http_request_method'] !== 'POST') return refusal(400, 'invalid iam_http_request_method');
    const complaint = this.#complaint(login);
    return complaint === undefined ? this.#grant() : refusal(400, complaint);
  }

  #complaint(login: Readonly<Record<string, string>>): string | undefined {
    const { serverId, stsHost, nowMs, keys } = this.#options;
    const url = URL.parse(decode(login['iam_request_url']));
    const request = decode(login['iam_request_body']);
    if (url === null || url.search !== '') return 'error parsing iam_request_url';
    if (request !== BODY) return 'invalid request body';
    const headers = toHeaders(decode(login['iam_request_headers']));
    const foreign = Object.keys(headers).find((name) => name.startsWith('x-amz-') && !ALLOWED.has(name));
    if (foreign !== undefined) return `invalid request header: ${foreign}`;
    const signed = /SignedHeaders=([^,]+)/.exec(headers['authorization'] ?? '')?.[1]?.split(';') ?? [];
    if (serverId !== undefined && (headers[SERVER_ID] !== serverId || !signed.includes(SERVER_ID)))
      return 'error validating X-Vault-AWS-IAM-Server-ID header';
    // Vault sends it to its own STS, under the host name of the URL.
    if (url.host !== stsHost) return 'SignatureDoesNotMatch: Credential should be scoped to a valid region';
    const region = /^sts\.(?:([\w-]+)\.)?amazonaws\.com(?:\.cn)?$/.exec(url.host)?.[1] ?? 'us-east-1';
    const message = { method: 'POST', target: url.pathname, headers: { ...headers, host: url.host }, body: request };
    const refused = checkSignature(message, { service: 'sts', region, keys, nowMs: nowMs() });
    return refused && `error making upstream request: received error code 403 from STS: ${refused.code}`;
  }

  #grant(): LoopbackAnswer {
    const auth = { client_token: `aws-token-${++this.#logins}`, lease_duration: 3600, renewable: true };
    return { status: 200, text: JSON.stringify({ request_id: '0', data: null, auth }) };
  }
}

export async function startFakeVaultAws(options: FakeVaultAwsOptions): Promise<FakeVaultAws> {
  const vault = new FakeVaultAws(options);
  await vault.server.listen();
  return vault;
}

const decode = (text = ''): string => Buffer.from(text, 'base64').toString();

const refusal = (status: number, error: string): LoopbackAnswer => ({
  status,
  text: JSON.stringify({ errors: [error] }),
});

/** Values are lists, as in Go. */
function toHeaders(text: string): Record<string, string> {
  const lists: Readonly<Record<string, readonly string[]>> = JSON.parse(text);
  return Object.fromEntries(Object.entries(lists).map(([name, values]) => [name.toLowerCase(), values.join(',')]));
}
