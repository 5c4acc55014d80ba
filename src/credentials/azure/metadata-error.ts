import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import type { SecretsError } from '../../core/errors/secrets-error.ts';
import type { HttpResponse } from '../../transport/http-client.ts';
import { parseObject } from '../../core/json-fields.ts';
import { retryHint } from './retry-hint.ts';

/**
 * The failure of a metadata service to hand out a token. 404, 410, 429 and 5xx are said to pass: an identity that is
 * new is not known at once, and the service is away for up to 70 s while it is updated.
 */
export function toMetadataError(response: HttpResponse, wallMs: number): SecretsError {
  const { status } = response;
  const retry = retryHint(response.headers, wallMs);
  if (status === 429)
    return new ProviderError('RateLimited', 'the metadata service limits the rate of our requests', retry);
  const isTransient = status === 404 || status === 410 || status >= 500;
  if (isTransient || status < 400 || parseObject(response.text) === undefined)
    return new ProviderError('ProviderUnavailable', `the metadata service has no token now (status ${status})`, retry);
  return new AuthenticationError(
    'InvalidCredentials',
    `the metadata service refuses a token (status ${status}): no such managed identity is assigned to this machine`,
  );
}
