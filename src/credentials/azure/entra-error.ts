import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import type { CodeOf } from '../../core/errors/codes.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import type { SecretsError } from '../../core/errors/secrets-error.ts';
import type { HttpResponse } from '../../transport/http-client.ts';
import { parseObject } from '../../core/json-fields.ts';
import { retryHint } from './retry-hint.ts';

type Meaning = readonly [code: CodeOf<'AuthenticationError'>, sentence: string];

const noTenant: Meaning = ['InvalidCredentials', "Entra knows no such tenant: see 'tenantId'"];
const noClient: Meaning = ['InvalidCredentials', "the tenant knows no such application: see 'clientId' and 'tenantId'"];
const noFederation: Meaning = [
  'InvalidCredentials',
  'the application has no federated credential for the issuer, subject and audience of the token in the file',
];

/** AADSTS numbers (Entra authentication and authorization error codes) that we have a sentence for. */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  [90002, noTenant],
  [900021, noTenant],
  [900023, noTenant],
  [700016, noClient],
  [700038, noClient],
  [7000112, ['InsufficientPermissions', 'the application is disabled in the tenant']],
  [7000215, ['InvalidCredentials', 'the client secret is wrong; its value is needed, not its id']],
  [7000222, ['ExpiredCredentials', 'the client secret has expired']],
  [7000229, ['InvalidCredentials', 'the application has no service principal in the tenant']],
  [700024, ['InvalidCredentials', 'the assertion is not valid at this time: see the clock of this machine']],
  [700027, ['InvalidCredentials', 'the certificate is not one of the application']],
  [70021, noFederation],
  [700211, noFederation],
  [700212, noFederation],
  [700213, noFederation],
  [500011, ['InvalidCredentials', "the tenant has no vaults of this cloud: see 'vaultUrl' and 'authorityHost'"]],
  [53003, ['InsufficientPermissions', 'a conditional access policy of the tenant refuses the login']],
]);

/** The assertion was signed by a clock that is not Entra's. */
export const ASSERTION_NOT_IN_TIME = 700024;

/** The AADSTS number of a refusal; undefined for anything else. */
export function aadstsNumber({ text }: HttpResponse): number | undefined {
  const codes = parseObject(text)?.['error_codes'];
  const first: unknown = Array.isArray(codes) ? codes[0] : undefined;
  return typeof first === 'number' ? first : undefined;
}

/** The failure of a login. Of Entra's own words nothing is passed on but the number: they quote ids and addresses. */
export function toEntraError(response: HttpResponse, wallMs: number): SecretsError {
  const { status, headers } = response;
  const retry = retryHint(headers, wallMs);
  const error = parseObject(response.text)?.['error'];
  if (status === 429) return new ProviderError('RateLimited', 'Entra limits the rate of our logins', retry);
  if (typeof error !== 'string' || status < 400)
    return new ProviderError(
      'ProviderUnavailable',
      `the answer to the login, status ${status}, is not of Entra: see 'authorityHost' and what is in between`,
      retry,
    );
  const number = aadstsNumber(response);
  const suffix = number === undefined ? '' : ` (AADSTS${number})`;
  if (status >= 500 || error === 'temporarily_unavailable')
    return new ProviderError('ProviderUnavailable', `Entra failed at the login${suffix}`, retry);
  const [code, sentence] = MEANINGS.get(number ?? 0) ?? ['InvalidCredentials', 'Entra refused the login'];
  return new AuthenticationError(code, sentence + suffix);
}
