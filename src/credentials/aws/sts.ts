import { pause } from '../../core/abort.ts';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import { isSecretsError } from '../../core/errors/secrets-error.ts';
import type { ProviderTools } from '../../core/provider.ts';
import { Redacted } from '../../core/redacted.ts';
import type { HttpClient } from '../../transport/http-client.ts';
import type { ClockSkew } from './clock-skew.ts';
import type { AwsCredentials } from './credentials.ts';
import { serviceEndpoint, type EndpointSettings } from './endpoints.ts';
import { identityCall } from './identity-call.ts';
import { signRequest } from './sign.ts';
import { parseStsAnswer, type StsAnswer, type XmlFields } from './sts-answer.ts';
import { toStsError } from './sts-errors.ts';

const API_VERSION = '2011-06-15';
const CALL_TIMEOUT_MS = 5_000;
const ATTEMPTS = 3;
// Of the SDK's retry mode "standard" of 2026: the first is doubled, and cut by chance.
const BACKOFF_MS = 50;
const THROTTLED_BACKOFF_MS = 1_000;
// The longest `Retry-After` that is waited for; a longer one is the caller's to know.
const MAX_PAUSE_MS = 5_000;

export interface StsOptions extends Pick<ProviderTools, 'clock' | 'recordIdentityCall'> {
  readonly http: HttpClient;
  readonly skew: ClockSkew;
  /** 0 to 1; spreads retries. */
  readonly random: () => number;
  /** `endpoint` is that of STS. */
  readonly endpoints: EndpointSettings;
}

/** A role, and how to name the session in it. */
export interface RoleRequest {
  readonly region: string;
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId?: string | undefined;
  /** STS decides when absent. */
  readonly durationSeconds?: number | undefined;
}

/** Whose identity credentials are. */
export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
}

/** The calls of the Security Token Service. Each makes up to three attempts of 5 s. */
export interface Sts {
  /** @throws AuthenticationError, ProviderError, NetworkError */
  assumeRole(source: AwsCredentials, role: RoleRequest, signal: AbortSignal): Promise<AwsCredentials>;
  /**
   * Unsigned: the token is what is believed.
   * @throws AuthenticationError, ProviderError, NetworkError
   */
  assumeRoleWithWebIdentity(token: Redacted, role: RoleRequest, signal: AbortSignal): Promise<AwsCredentials>;
  /** Needs no permission. @throws AuthenticationError, ProviderError, NetworkError */
  getCallerIdentity(credentials: AwsCredentials, region: string, signal: AbortSignal): Promise<CallerIdentity>;
}

/** One call; unsigned without credentials. */
interface StsCall {
  readonly action: string;
  readonly region: string;
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly credentials?: AwsCredentials;
}

export const createSts = (options: StsOptions): Sts => new StsClient(options);

class StsClient implements Sts {
  readonly #options: StsOptions;

  constructor(options: StsOptions) {
    this.#options = options;
  }

  async assumeRole(source: AwsCredentials, role: RoleRequest, signal: AbortSignal): Promise<AwsCredentials> {
    const call = { action: 'AssumeRole', region: role.region, credentials: source };
    const result = await this.#call({ ...call, parameters: toParameters(role) }, signal);
    return toCredentials(result, `role '${role.roleArn}', assumed with ${source.source}`);
  }

  async assumeRoleWithWebIdentity(token: Redacted, role: RoleRequest, signal: AbortSignal): Promise<AwsCredentials> {
    const parameters = { ...toParameters(role), WebIdentityToken: token.expose() };
    const result = await this.#call({ action: 'AssumeRoleWithWebIdentity', region: role.region, parameters }, signal);
    return toCredentials(result, `role '${role.roleArn}', assumed with a web identity token`);
  }

  async getCallerIdentity(credentials: AwsCredentials, region: string, signal: AbortSignal): Promise<CallerIdentity> {
    const result = await this.#call({ action: 'GetCallerIdentity', region, credentials, parameters: {} }, signal);
    return { account: required(result, 'Account'), arn: required(result, 'Arn'), userId: required(result, 'UserId') };
  }

  async #call(call: StsCall, signal: AbortSignal): Promise<XmlFields> {
    for (let attempt = 1; ; attempt++) {
      const signedWithMs = this.#options.skew.offsetMs;
      let code: string | undefined;
      try {
        return await identityCall({ tools: this.#options, timeoutMs: CALL_TIMEOUT_MS, parent: signal }, async (own) => {
          const answer = await this.#send(call, own);
          code = answer.code;
          if (answer.result !== undefined) return answer.result;
          throw toStsError(answer, call.action, this.#options.clock.wallMs());
        });
      } catch (error) {
        const isSkewed = code !== undefined && this.#options.skew.explains(code, signedWithMs);
        const isWorthIt = isSkewed || isTransient(error);
        if (attempt === ATTEMPTS || signal.aborted || !isWorthIt) throw error;
        if (!isSkewed) await pause(this.#options.clock, this.#backoffMs(error, attempt), signal);
      }
    }
  }

  async #send(call: StsCall, signal: AbortSignal): Promise<StsAnswer> {
    const { http, skew, endpoints, clock } = this.#options;
    const url = serviceEndpoint('sts', call.region, endpoints);
    const body = toForm({ Action: call.action, Version: API_VERSION, ...call.parameters });
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const { credentials, region } = call;
    const sentAtMs = clock.monotonicMs();
    const response = await http.send({
      method: 'POST',
      url,
      headers:
        credentials === undefined
          ? headers
          : signRequest({ credentials, region, service: 'sts', method: 'POST', url, headers, body, date: skew.now() }),
      body,
      signal,
    });
    skew.observe(response.headers, sentAtMs);
    return parseStsAnswer(response, call.action);
  }

  #backoffMs(error: unknown, attempt: number): number {
    const isThrottled = error instanceof ProviderError && error.code === 'RateLimited';
    const spreadMs = this.#options.random() * (isThrottled ? THROTTLED_BACKOFF_MS : BACKOFF_MS) * 2 ** attempt;
    return Math.max(spreadMs, retryAfterOf(error));
  }
}

const isTransient = (error: unknown): boolean =>
  isSecretsError(error) && error.retryable && retryAfterOf(error) <= MAX_PAUSE_MS;

const retryAfterOf = (error: unknown): number => (isSecretsError(error) ? (error.details.retryAfterMs ?? 0) : 0);

const toParameters = (role: RoleRequest): StsCall['parameters'] => ({
  RoleArn: role.roleArn,
  RoleSessionName: role.sessionName,
  ExternalId: role.externalId,
  DurationSeconds: role.durationSeconds?.toString(),
});

/** A form in which a space is `%20`, as signatures have it. */
const toForm = (fields: StsCall['parameters']): string =>
  Object.entries(fields)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join('&');

function toCredentials(result: XmlFields, source: string): AwsCredentials {
  const fields = result.within('Credentials');
  const expiresAt = new Date(required(fields, 'Expiration'));
  if (Number.isNaN(expiresAt.getTime())) throw incomplete('Expiration');
  return {
    accessKeyId: required(fields, 'AccessKeyId'),
    secretAccessKey: new Redacted(required(fields, 'SecretAccessKey')),
    sessionToken: new Redacted(required(fields, 'SessionToken')),
    expiresAt,
    source,
  };
}

function required(fields: XmlFields, name: string): string {
  const text = fields.text(name);
  if (text === undefined) throw incomplete(name);
  return text;
}

const incomplete = (name: string): AuthenticationError =>
  new AuthenticationError('InvalidCredentials', `STS answers without a good '${name}'`);
