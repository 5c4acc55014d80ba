import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { isObject } from '../../core/json-object.ts';
import type { HttpResponse } from '../../transport/http-client.ts';
import type { AccessToken, TokenRequest } from './access-token.ts';
import type { AzureTools } from './azure-tools.ts';
import { aadstsNumber, ASSERTION_NOT_IN_TIME, toEntraError } from './entra-error.ts';
import { parseObject } from '../../core/json-fields.ts';
import { nameService } from './name-service.ts';
import { parseToken } from './parse-token.ts';
import { areDifferentTenants } from './tenant.ts';

/** The application that logs in, and where. */
export interface EntraClient {
  readonly tenantId: string;
  readonly clientId: string;
  readonly authority: URL;
}

/** A client, and the way it logs in, in words for the operator. */
interface EntraLoginOptions extends EntraClient {
  readonly source: string;
}

/** What a proof may need to know of the login that it is for. */
export interface LoginPlace {
  readonly tokenEndpoint: URL;
  readonly clientId: string;
  /** Entra's clock as far as we know it: milliseconds since 1970. */
  readonly nowMs: number;
}

/** Fields of the form that prove who we are. */
export type Prove = (place: LoginPlace) => Promise<Readonly<Record<string, string>>>;

export type EntraLogin = (prove: Prove, request: TokenRequest, signal: AbortSignal) => Promise<AccessToken>;

// Less is no reason to doubt our clock: Entra allows five minutes, and its header counts whole seconds.
const MIN_SKEW_MS = 30_000;
// We can handle a token that is taken back before its end, so it may live longer.
const CAPABILITIES = { xms_cc: { values: ['cp1'] } };

/**
 * The token endpoint of Entra with the grant for programs (RFC 6749 §4.4). A proof that was signed by a wrong clock is
 * made again with Entra's own time.
 */
export function createEntraLogin(tools: AzureTools, client: EntraLoginOptions): EntraLogin {
  const { clock } = tools;
  const { clientId } = client;
  const tokenEndpoint = toTokenEndpoint(client);
  let skewMs = 0;

  async function ask(prove: Prove, request: TokenRequest, signal: AbortSignal): Promise<HttpResponse> {
    const proof = await prove({ tokenEndpoint, clientId, nowMs: clock.wallMs() + skewMs });
    const sent = tools.http.send({
      method: 'POST',
      url: tokenEndpoint,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
      body: toForm(clientId, request, proof).toString(),
      signal,
    });
    const response = await nameService('the login at Entra failed', sent);
    const upstreamRequestId = response.headers.get('x-ms-request-id');
    const fields = { provider: tools.provider, status: response.status, upstreamRequestId };
    tools.log.debug(fields, 'Entra answered a login');
    return response;
  }

  return async (prove, request, signal) => {
    assertTenant(client.tenantId, request.tenantId);
    let sinceMs = clock.monotonicMs();
    let response = await ask(prove, request, signal);
    const theirSkewMs = Date.parse(response.headers.get('date') ?? '') - clock.wallMs();
    if (aadstsNumber(response) === ASSERTION_NOT_IN_TIME && Math.abs(theirSkewMs - skewMs) > MIN_SKEW_MS) {
      skewMs = theirSkewMs;
      sinceMs = clock.monotonicMs();
      response = await ask(prove, request, signal);
    }
    const token = response.status === 200 ? parseToken(response, { sinceMs, source: client.source }, clock) : undefined;
    if (token === undefined) throw toEntraError(response, clock.wallMs());
    return token;
  };
}

function assertTenant(ours: string, theirs: string | undefined): void {
  if (theirs !== undefined && areDifferentTenants(ours, theirs))
    throw new AuthenticationError(
      'InvalidCredentials',
      `the vault belongs to the tenant '${theirs}', the credentials to '${ours}': see 'tenantId'`,
    );
}

function toTokenEndpoint({ authority, tenantId }: EntraClient): URL {
  return new URL(`${authority.href.replace(/\/$/, '')}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`);
}

function toForm(clientId: string, request: TokenRequest, proof: Readonly<Record<string, string>>): URLSearchParams {
  return new URLSearchParams({
    client_id: clientId,
    scope: `${request.resource}/.default`,
    grant_type: 'client_credentials',
    claims: mergeClaims(request.claims),
    ...proof,
  });
}

function mergeClaims(challenge: string | undefined): string {
  const claims = parseObject(challenge ?? '{}') ?? {};
  const accessToken = claims['access_token'];
  return JSON.stringify({
    ...claims,
    access_token: { ...(isObject(accessToken) && accessToken), ...CAPABILITIES },
  });
}
