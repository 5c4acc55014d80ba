import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import type { SecretsError } from '../../core/errors/secrets-error.ts';
import { Redacted } from '../../core/redacted.ts';
import type { HttpResponse } from '../../transport/http-client.ts';
import { retryAfter } from '../../transport/retry-after.ts';
import { parseObject, textAt } from '../../core/json-fields.ts';
import type { AccessToken, SourceTools } from './token-source.ts';

export interface OAuthRequest {
  readonly url: URL;
  readonly form: Readonly<Record<string, string>>;
  /** Basic authentication of the client, where it has an id of its own. */
  readonly authorization?: Redacted;
  /** What is refused when it is refused, in words for the operator. */
  readonly subject: string;
}

/** What the codes of RFC 6749 §5.2 and RFC 8693 §2.2.2 mean to an operator, as the end of a sentence about the subject. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['invalid_client', 'is of a client that does not exist or has been deleted'],
  ['invalid_grant', 'is not accepted: it is wrong, has expired or was deleted'],
  ['invalid_request', 'is not accepted: its form is wrong'],
  ['invalid_scope', 'may not be used for the scope of the cloud'],
  ['invalid_target', "is not accepted: the 'audience' names no pool and provider that exist and are enabled"],
  ['unauthorized_client', 'may not be used for tokens of the cloud'],
]);

/**
 * Asks a token endpoint (RFC 6749 §4, RFC 8693 §2).
 * @throws AuthenticationError, ProviderError, NetworkError
 */
export async function requestToken(
  { http, clock }: SourceTools,
  request: OAuthRequest,
  signal: AbortSignal,
): Promise<AccessToken> {
  const response = await http.send({
    method: 'POST',
    url: request.url,
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      ...(request.authorization !== undefined && { Authorization: request.authorization.expose() }),
    },
    body: new URLSearchParams(request.form).toString(),
    signal,
  });
  const token = response.status === 200 ? parseToken(response.text) : undefined;
  if (token === undefined) throw toOAuthError(response, request.subject, clock.wallMs());
  return token;
}

/** The answer of RFC 6749 §5.1; undefined when it is something else. */
export function parseToken(text: string): AccessToken | undefined {
  const body = parseObject(text) ?? {};
  const token = textAt(body, 'access_token');
  const seconds = Number(body['expires_in'] ?? NaN);
  if (token === undefined) return undefined;
  return { token: new Redacted(token), lifetimeMs: Number.isNaN(seconds) ? undefined : seconds * 1000 };
}

function toOAuthError(response: HttpResponse, subject: string, wallMs: number): SecretsError {
  const { status, headers, text } = response;
  const retry = retryAfter(headers, wallMs);
  const body = parseObject(text) ?? {};
  const code = textAt(body, 'error');
  if (status === 429) return new ProviderError('RateLimited', 'the login at Google is limited in its rate', retry);
  if (status >= 500 || code === 'temporarily_unavailable' || code === 'server_error' || code === 'internal_failure')
    return new ProviderError('ProviderUnavailable', `the login at Google failed with status ${status}`, retry);
  if (code === undefined || status < 400)
    return new ProviderError(
      'ProviderUnavailable',
      `the answer to the login, status ${status}, is not of Google: see what is in between`,
      retry,
    );
  // What Google says of a signature that is too old or not yet valid.
  if (/reasonable timeframe|iat|expired/i.test(textAt(body, 'error_description') ?? ''))
    return new AuthenticationError(
      'ExpiredCredentials',
      `${subject} is not valid at this time: see the clock of this machine, and whether it has expired`,
    );
  return new AuthenticationError('InvalidCredentials', `${subject} ${REASONS.get(code) ?? 'is refused'}`);
}
