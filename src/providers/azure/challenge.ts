import { ProviderError } from '../../core/errors/provider-error.ts';
import type { TokenRequest } from '../../credentials/azure/access-token.ts';

const PARAMETER = /([A-Za-z_]+)="([^"]*)"/g;

/**
 * What a vault asks for with a 401 (RFC 6750 §3): a token for which service, of which tenant, with which claims.
 * Undefined when the header holds no challenge for bearer tokens.
 */
export interface Challenge {
  /** Absent in a challenge that is about claims alone. */
  readonly resource?: string;
  readonly tenantId?: string;
  /** JSON text; a token is fine in itself but was taken back, or more has to be checked. */
  readonly claims?: string;
}

export function parseChallenge(header: string | undefined): Challenge | undefined {
  const [, rest] = /(?:^|,\s*)Bearer\s+(.*)$/i.exec(header ?? '') ?? [];
  if (rest === undefined) return undefined;
  const fields = new Map<string, string>();
  // A header may go on with challenges of other schemes; the first of equal names is ours.
  for (const [, name = '', value = ''] of rest.matchAll(PARAMETER)) if (!fields.has(name)) fields.set(name, value);
  const resource = (fields.get('resource') ?? fields.get('scope')?.replace(/\/\.default$/, ''))?.replace(/\/+$/, '');
  const tenantId = URL.parse(fields.get('authorization') ?? fields.get('authorization_uri') ?? '')?.pathname.split(
    '/',
  )[1];
  const claims = fields.get('error') === 'insufficient_claims' ? fields.get('claims') : undefined;
  return {
    ...(resource !== undefined && { resource }),
    ...(tenantId !== undefined && tenantId !== '' && { tenantId }),
    ...(claims !== undefined && { claims: Buffer.from(claims, 'base64').toString() }),
  };
}

/**
 * The token to ask for. Whoever answers for the vault names the service that the token is good for, so a name outside
 * the vault's own domain would have us hand over a token for something else.
 * @throws ProviderError `ProviderUnavailable`
 */
export function toTokenRequest(challenge: Challenge, vault: URL, isVerified: boolean): TokenRequest {
  const { resource = '', tenantId } = challenge;
  const host = URL.parse(resource)?.hostname;
  if (host === undefined)
    throw new ProviderError('ProviderUnavailable', "the vault does not say which token it wants: see 'vaultUrl'");
  if (isVerified && !vault.hostname.endsWith(`.${host}`))
    throw new ProviderError(
      'ProviderUnavailable',
      "the vault wants a token of another domain than its own: see 'vaultUrl', and 'verifyChallenge' for a private endpoint",
    );
  return { resource, ...(tenantId !== undefined && { tenantId }) };
}
