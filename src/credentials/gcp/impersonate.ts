import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import type { SecretsError } from '../../core/errors/secrets-error.ts';
import { Redacted } from '../../core/redacted.ts';
import type { HttpResponse } from '../../transport/http-client.ts';
import { dateAt, parseObject, textAt } from '../../core/json-fields.ts';
import { parseRpcStatus } from './rpc-status.ts';
import { type AccessToken, CLOUD_PLATFORM, type SourceTools } from './token-source.ts';

const MAX_URL_LENGTH = 256;
const ACCOUNT = /\/serviceAccounts\/([^/:]+):generateAccessToken$/;

export interface Impersonation {
  /** Ends in `serviceAccounts/EMAIL:generateAccessToken`, of a trusted host. */
  readonly url: URL;
  readonly account: string;
  readonly delegates?: readonly string[];
  readonly lifetimeSeconds: number;
}

/** The account that an address of `generateAccessToken` names. @throws AuthenticationError */
export function impersonatedAccount(url: URL): string {
  const [, account] = url.href.length > MAX_URL_LENGTH ? [] : (ACCOUNT.exec(url.pathname) ?? []);
  if (account !== undefined) return decodeURIComponent(account);
  throw new AuthenticationError(
    'InvalidCredentials',
    "the credential file's 'service_account_impersonation_url' names no service account",
  );
}

/**
 * A token of the service account, asked for with one that may create tokens for it (IAM Credentials API).
 * @throws AuthenticationError, ProviderError, NetworkError
 */
export async function impersonate(
  { http, clock }: SourceTools,
  { impersonation, token }: { readonly impersonation: Impersonation; readonly token: Redacted },
  signal: AbortSignal,
): Promise<AccessToken> {
  const { url, account, delegates, lifetimeSeconds } = impersonation;
  const response = await http.send({
    method: 'POST',
    url,
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token.expose()}` },
    body: JSON.stringify({
      ...(delegates !== undefined && { delegates }),
      scope: [CLOUD_PLATFORM],
      lifetime: `${lifetimeSeconds}s`,
    }),
    signal,
  });
  const body = (response.status === 200 && parseObject(response.text)) || {};
  const [accessToken, expiresAt] = [textAt(body, 'accessToken'), dateAt(body, 'expireTime')];
  if (accessToken === undefined || expiresAt === undefined) throw toError(response, account, clock.wallMs());
  // By its length when the clocks differ, so that the token never seems to live longer than was asked for.
  const lifetimeMs = Math.min(expiresAt.getTime() - clock.wallMs(), lifetimeSeconds * 1000);
  return { token: new Redacted(accessToken), lifetimeMs };
}

function toError(response: HttpResponse, account: string, wallMs: number): SecretsError {
  const failure = parseRpcStatus(response, wallMs);
  const unavailable = `the request to act as '${account}' failed with status ${response.status}`;
  if (failure === undefined) return new ProviderError('ProviderUnavailable', unavailable);
  switch (failure.status) {
    case 'PERMISSION_DENIED':
    case 'NOT_FOUND':
      if (/^(SERVICE_DISABLED|CONSUMER_|BILLING_)/.test(failure.reason))
        return new ProviderError('ProviderUnavailable', "the API 'iamcredentials.googleapis.com' is not enabled");
      return new AuthenticationError(
        'InsufficientPermissions',
        `the identity may not act as '${account}': the role 'Service Account Token Creator' (or 'Workload Identity User') is missing on it, or it does not exist`,
      );
    case 'UNAUTHENTICATED':
      return new AuthenticationError('InvalidCredentials', `the identity that is to act as '${account}' is refused`);
    case 'INVALID_ARGUMENT':
    case 'FAILED_PRECONDITION':
      return new AuthenticationError('InvalidCredentials', `Google does not accept the request to act as '${account}'`);
    case 'RESOURCE_EXHAUSTED':
      return new ProviderError('RateLimited', `Google limits how often to act as '${account}'`, failure.retry);
    default:
      return new ProviderError('ProviderUnavailable', unavailable, failure.retry);
  }
}
