import { AccessError } from '../../core/errors/access-error.ts';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import { RequestError } from '../../core/errors/request-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import type { SecretsError } from '../../core/errors/secrets-error.ts';
import type { Selector } from '../../core/selector.ts';
import type { Answer } from './answer.ts';
import { toLabel } from './stages.ts';

/** The calls of Secrets Manager that we make; each is also the name of an IAM action. */
export type Operation =
  'GetSecretValue' | 'BatchGetSecretValue' | 'DescribeSecret' | 'ListSecrets' | 'ListSecretVersionIds' | 'RotateSecret';

/** What a call was about. */
export interface Subject {
  readonly operation: Operation;
  /** The canonical native id; absent for a list. */
  readonly id?: string;
  readonly selector?: Selector;
}

/** What AWS says about one item of a batch, or about a whole call. */
export type Complaint = Pick<Answer, 'code' | 'message' | 'retry'>;

const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException']);
const UNKNOWN_KEY = new Set(['UnrecognizedClientException', 'InvalidClientTokenId', 'InvalidAccessKeyId']);
const SIGNATURE = new Set([
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'AuthFailure',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
]);
// The throttling classes of the SDKs (@smithy/service-error-classification).
const THROTTLED = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);
const BROKEN = new Set(['InternalServiceError', 'InternalFailure', 'InternalServerError', 'InternalError']);
const REFUSED = new Set(['AccessDeniedException', 'AccessDenied']);
const UNACCEPTABLE = new Set([
  'InvalidRequestException',
  'InvalidParameterException',
  'InvalidParameterValue',
  'ValidationException',
  'SerializationException',
  'InvalidNextTokenException',
]);

/** Whether other credentials may help. */
export const isCredentialRefusal = ({ code }: Complaint): boolean => EXPIRED.has(code) || UNKNOWN_KEY.has(code);

/** Failures that say nothing of a secret; undefined when the answer does. */
export function toInstanceError({ status, code, retry }: Answer): SecretsError | undefined {
  if (EXPIRED.has(code)) return new AuthenticationError('ExpiredCredentials', 'the credentials for AWS have expired');
  if (UNKNOWN_KEY.has(code))
    return new AuthenticationError('InvalidCredentials', 'AWS does not know the access key, or not any more');
  if (SIGNATURE.has(code))
    return new AuthenticationError(
      'InvalidCredentials',
      `AWS does not accept the signature (${code}): the secret key, the region or the clock is wrong`,
    );
  if (THROTTLED.has(code) || (code === '' && status === 429))
    return new ProviderError('RateLimited', 'AWS limits the rate of our requests', retry);
  if (code === 'LimitExceededException')
    return new ProviderError('QuotaExceeded', 'a quota of the AWS account is used up', retry);
  if (BROKEN.has(code)) return new ProviderError('InternalError', 'AWS Secrets Manager failed inside', retry);
  if (REFUSED.has(code) || UNACCEPTABLE.has(code)) return undefined;
  if (code === 'ResourceNotFoundException' || code === 'DecryptionFailure') return undefined;
  const what = code === '' ? 'is not of AWS Secrets Manager' : `is '${code}'`;
  return new ProviderError(
    'ProviderUnavailable',
    `the answer, status ${status}, ${what}: see 'endpoint' and what is in between`,
    retry,
  );
}

/** The failure of a call about a secret, or of one about all of them; the caller has found that it is no other. */
export function toSecretError({ code, message }: Complaint, subject: Subject): SecretsError {
  const target = subject.id === undefined ? 'secrets' : `'${subject.id}'`;
  // Names and ARNs hold no space, so none can pass for AWS's own words.
  if (code === 'DecryptionFailure' || /Access to KMS|KMS (service )?key|kms:Decrypt/.test(message))
    return new AccessError(
      'KmsAccessDenied',
      `the KMS key of ${target} cannot be used: it is disabled, or 'kms:Decrypt' is not allowed`,
    );
  if (REFUSED.has(code)) return refusal(message, `'secretsmanager:${subject.operation}' on ${target}`);
  if (code === 'ResourceNotFoundException') return notFound(message, target, subject.selector ?? {});
  if (/(marked|scheduled) for deletion|(was|marked) deleted/.test(message))
    return new SecretNotFoundError('SecretDoesNotExist', `the secret ${target} is marked for deletion`);
  if (code === 'InvalidRequestException' && /not associated/.test(message))
    return new SecretNotFoundError('StageNotFound', `that version of ${target} does not have that stage`);
  if (code === 'InvalidNextTokenException')
    return new RequestError('InvalidParameter', "'cursor' is not valid any more: begin anew without it");
  return new ConfigurationError('InvalidPathPattern', `AWS does not accept the request about ${target} (${code})`);
}

function refusal(message: string, what: string): AccessError {
  return /resource-based policy/.test(message)
    ? new AccessError('ResourcePolicyDenied', `the secret's own policy does not allow ${what}`)
    : new AccessError('AccessDenied', `our identity is not allowed ${what}`);
}

/**
 * AWS has one code for a secret that is not there, a version, a stage, and a secret without a value. Where a version or
 * a stage was asked for, the caller finds out whether the secret is there.
 */
function notFound(message: string, target: string, { version, stage }: Selector): SecretNotFoundError {
  if (version !== undefined)
    return new SecretNotFoundError('VersionNotFound', `no version '${version}' of the secret ${target}`);
  if (stage !== undefined)
    return new SecretNotFoundError('StageNotFound', `no version of ${target} has the stage '${toLabel(stage)}'`);
  // "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT".
  return /secret value/.test(message)
    ? noValue(target)
    : new SecretNotFoundError('SecretDoesNotExist', `no secret ${target}`);
}

/** A secret that was made without a value, or whose last one was taken out. */
export const noValue = (target: string): SecretNotFoundError =>
  new SecretNotFoundError('StageNotFound', `the secret ${target} has no current value`);
