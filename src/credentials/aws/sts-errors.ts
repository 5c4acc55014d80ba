import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import type { CodeOf } from '../../core/errors/codes.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import type { SecretsError } from '../../core/errors/secrets-error.ts';
import { retryAfter } from '../../transport/retry-after.ts';
import type { StsAnswer } from './sts-answer.ts';

const THROTTLING: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);
const TRANSIENT: ReadonlySet<string> = new Set([
  'IDPCommunicationError',
  'InternalError',
  'InternalFailure',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServiceUnavailable',
]);

type Refusal = readonly [CodeOf<'AuthenticationError'>, string];

const KEYS = 'does not accept the credentials';
const TOKEN = 'does not accept the web identity token';

/** What STS says of our identity, as the end of a sentence that begins with STS. */
const REFUSALS: ReadonlyMap<string, Refusal> = new Map<string, Refusal>([
  ['ExpiredToken', ['ExpiredCredentials', 'says that the credentials or the token have expired']],
  ['ExpiredTokenException', ['ExpiredCredentials', 'says that the credentials or the token have expired']],
  ['AccessDenied', ['InsufficientPermissions', 'does not allow the call to this identity']],
  ['AccessDeniedException', ['InsufficientPermissions', 'does not allow the call to this identity']],
  ['RegionDisabledException', ['InsufficientPermissions', 'is switched off in this region for the account']],
  ['InvalidClientTokenId', ['InvalidCredentials', `${KEYS}: the access key is not known`]],
  ['UnrecognizedClientException', ['InvalidCredentials', `${KEYS}: the access key is not known`]],
  ['SignatureDoesNotMatch', ['InvalidCredentials', `${KEYS}: the secret key is not that of the access key`]],
  ['InvalidSignatureException', ['InvalidCredentials', `${KEYS}: the secret key is not that of the access key`]],
  ['InvalidIdentityToken', ['InvalidCredentials', TOKEN]],
  ['IDPRejectedClaim', ['InvalidCredentials', `${TOKEN}: the identity provider rejects it`]],
  ['ValidationError', ['InvalidCredentials', 'does not accept the role or the name of the session']],
]);

/**
 * The failure of a call, by STS's own code. Its words are never passed on: they quote tokens' claims and account numbers.
 * @param action what was called, for the message.
 */
export function toStsError(answer: StsAnswer, action: string, wallMs: number): SecretsError {
  const { status, code } = answer;
  const retry = retryAfter(answer.headers, wallMs);
  if (code === undefined)
    return new ProviderError(
      'ProviderUnavailable',
      `the answer to sts:${action}, status ${status}, is not of STS: see the endpoint and what is in between`,
      retry,
    );
  if (THROTTLING.has(code) || status === 429)
    return new ProviderError('RateLimited', 'STS limits the rate of our requests', retry);
  if (TRANSIENT.has(code)) return new ProviderError('ProviderUnavailable', `STS failed (${code})`, retry);
  if (status >= 500) return new ProviderError('InternalError', 'STS failed inside', retry);
  const [kind, words] = REFUSALS.get(code) ?? ['InvalidCredentials', 'refuses the call'];
  return new AuthenticationError(kind, `STS ${words} (sts:${action}, ${plain(code)})`);
}

const plain = (code: string): string => (/^\w{1,60}$/.test(code) ? code : 'unknown code');
