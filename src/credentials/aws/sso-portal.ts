import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import { isObject } from '../../core/json-object.ts';
import { Redacted } from '../../core/redacted.ts';
import type { HttpResponse } from '../../transport/http-client.ts';
import { retryAfter } from '../../transport/retry-after.ts';
import type { AwsCredentials } from './credentials.ts';
import type { SourceTools } from './credential-source.ts';
import { serviceEndpoint } from './endpoints.ts';
import { identityCall } from './identity-call.ts';
import { parseObject, textAt } from './parse-credentials.ts';

const TIMEOUT_MS = 5_000;
const PORTAL = 'IAM Identity Center';

export interface PortalRole {
  readonly region: string;
  readonly accountId: string;
  readonly roleName: string;
  readonly token: Redacted;
}

/**
 * GetRoleCredentials of the IAM Identity Center portal.
 * @throws AuthenticationError when the token is not accepted or gives no such role; ProviderError, NetworkError
 */
export function getRoleCredentials(
  tools: Pick<SourceTools, 'clock' | 'endpoints' | 'http' | 'recordIdentityCall' | 'skew'>,
  { region, accountId, roleName, token }: PortalRole,
  parent: AbortSignal,
): Promise<Omit<AwsCredentials, 'source'>> {
  const url = new URL(serviceEndpoint('sso', region, tools.endpoints));
  url.pathname = `${url.pathname.replace(/\/$/, '')}/federation/credentials`;
  url.search = new URLSearchParams({ role_name: roleName, account_id: accountId }).toString();
  const headers = { 'x-amz-sso_bearer_token': token.expose() };
  return identityCall({ tools, timeoutMs: TIMEOUT_MS, parent }, async (signal) => {
    const sentAtMs = tools.clock.monotonicMs();
    const response = await tools.http.send({ method: 'GET', url, headers, signal });
    tools.skew.observe(response.headers, sentAtMs);
    if (response.status !== 200) throw toPortalError(response, tools.clock.wallMs());
    return parseRoleCredentials(response.text);
  });
}

function toPortalError({ status, headers }: HttpResponse, wallMs: number): AuthenticationError | ProviderError {
  // `UnauthorizedException:http://internal...`, in the header only.
  const code = headers.get('x-amzn-errortype')?.split(/[,:]/)[0];
  if (code === 'TooManyRequestsException' || status === 429)
    return new ProviderError('RateLimited', `${PORTAL} limits the rate of our requests`, retryAfter(headers, wallMs));
  if (code === 'UnauthorizedException')
    return new AuthenticationError('ExpiredCredentials', `${PORTAL} does not accept the token: aws sso login`);
  if (code === 'ForbiddenException' || code === 'ResourceNotFoundException')
    return new AuthenticationError('InsufficientPermissions', `${PORTAL} does not give this role to the token's user`);
  if (code === 'InvalidRequestException')
    return new AuthenticationError(
      'InvalidCredentials',
      `${PORTAL} does not accept 'sso_account_id' or 'sso_role_name'`,
    );
  return new ProviderError('ProviderUnavailable', `${PORTAL} answered with status ${status}`);
}

/** Unlike other services, with small initials and milliseconds. */
function parseRoleCredentials(text: string): Omit<AwsCredentials, 'source'> {
  const found = parseObject(text, PORTAL)['roleCredentials'];
  const fields = isObject(found) ? found : {};
  const accessKeyId = textAt(fields, 'accessKeyId');
  const secretAccessKey = textAt(fields, 'secretAccessKey');
  const sessionToken = textAt(fields, 'sessionToken');
  const endsAtMs = fields['expiration'];
  if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined)
    throw new AuthenticationError('InvalidCredentials', `${PORTAL} answers without all parts of credentials`);
  if (typeof endsAtMs !== 'number' || Number.isNaN(new Date(endsAtMs).getTime()) || endsAtMs === 0)
    throw new AuthenticationError('InvalidCredentials', `${PORTAL} answers without an expiration`);
  return {
    accessKeyId,
    secretAccessKey: new Redacted(secretAccessKey),
    sessionToken: new Redacted(sessionToken),
    expiresAt: new Date(endsAtMs),
  };
}
