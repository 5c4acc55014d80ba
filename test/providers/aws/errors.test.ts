import { test } from 'tap';
import type { Answer } from '../../../src/providers/aws/answer.ts';
import {
  isCredentialRefusal,
  type Subject,
  toInstanceError,
  toSecretError,
} from '../../../src/providers/aws/errors.ts';
import { awsFailures, type FakeAwsFailure } from '../../fakes/fake-aws-failure.ts';

const answer = (code: string, message = '', status = 400): Answer => ({
  status,
  code,
  message,
  body: {},
  isSuccess: false,
  retry: { retryAfterMs: 5 },
});
const subject: Subject = { operation: 'GetSecretValue', id: 'app/KMS-deleted', selector: {} };
const named = (error: { category: string; code: string } | undefined): string => `${error?.category}/${error?.code}`;

/** Every code of the reference; `secret` says that it is about the secret. */
const table: readonly (readonly [code: string, expected: string])[] = [
  ['ExpiredToken', 'AuthenticationError/ExpiredCredentials'],
  ['ExpiredTokenException', 'AuthenticationError/ExpiredCredentials'],
  ['UnrecognizedClientException', 'AuthenticationError/InvalidCredentials'],
  ['InvalidClientTokenId', 'AuthenticationError/InvalidCredentials'],
  ['InvalidSignatureException', 'AuthenticationError/InvalidCredentials'],
  ['SignatureDoesNotMatch', 'AuthenticationError/InvalidCredentials'],
  ['IncompleteSignature', 'AuthenticationError/InvalidCredentials'],
  ['MissingAuthenticationToken', 'AuthenticationError/InvalidCredentials'],
  ['RequestExpired', 'AuthenticationError/InvalidCredentials'],
  ['ThrottlingException', 'ProviderError/RateLimited'],
  ['Throttling', 'ProviderError/RateLimited'],
  ['TooManyRequestsException', 'ProviderError/RateLimited'],
  ['RequestLimitExceeded', 'ProviderError/RateLimited'],
  ['SlowDown', 'ProviderError/RateLimited'],
  ['LimitExceededException', 'ProviderError/QuotaExceeded'],
  ['InternalServiceError', 'ProviderError/InternalError'],
  ['InternalFailure', 'ProviderError/InternalError'],
  ['ServiceUnavailable', 'ProviderError/ProviderUnavailable'],
  ['UnknownOperationException', 'ProviderError/ProviderUnavailable'],
  ['SomethingNewException', 'ProviderError/ProviderUnavailable'],
  ['OptInRequired', 'ProviderError/ProviderUnavailable'],
];

test('codes about the instance, whatever the status', (t) => {
  for (const [code, expected] of table)
    for (const status of [400, 403, 404, 500, 503]) {
      const error = toInstanceError(answer(code, '', status));
      t.equal(named(error), expected, `${code} with ${status}`);
      if (error?.category === 'ProviderError') t.equal(error.details.retryAfterMs, 5);
    }
  t.equal(named(toInstanceError(answer('', '', 429))), 'ProviderError/RateLimited');
  for (const status of [200, 301, 403, 404, 500]) {
    const error = toInstanceError(answer('', 'hello', status));
    t.equal(named(error), 'ProviderError/ProviderUnavailable', 'no answer of AWS');
    t.match(error?.message, "see 'endpoint'");
  }
  t.end();
});

test('codes about a secret are left to those who know which', (t) => {
  for (const code of [
    'ResourceNotFoundException',
    'AccessDeniedException',
    'AccessDenied',
    'DecryptionFailure',
    'InvalidRequestException',
    'InvalidParameterException',
    'ValidationException',
  ])
    t.equal(toInstanceError(answer(code, '', 500)), undefined, code);
  t.end();
});

test('the words of AWS about a secret', (t) => {
  const of = ({ code, message }: FakeAwsFailure, more: Partial<Subject> = {}) => {
    const error = toSecretError(answer(code, message), { ...subject, ...more });
    t.notMatch(error.message, /123456789012|arn:|assumed-role/, 'the words of AWS are not passed on');
    return error;
  };
  t.match(of(awsFailures.noSecret()), { code: 'SecretDoesNotExist' });
  t.match(of(awsFailures.noStage('AWSCURRENT')), { code: 'StageNotFound', message: /no current value/ });
  t.match(of(awsFailures.noStage('AWSPREVIOUS'), { selector: { stage: 'previous' } }), {
    code: 'StageNotFound',
    message: /'AWSPREVIOUS'/,
  });
  t.match(of(awsFailures.noVersion('v'), { selector: { version: 'v' } }), { code: 'VersionNotFound' });
  t.match(of(awsFailures.mismatch(), { selector: { version: 'v', stage: 'blue' } }), { code: 'StageNotFound' });
  t.match(of(awsFailures.deleted()), { code: 'SecretDoesNotExist', message: /marked for deletion/ });
  t.match(of(awsFailures.kmsRefused()), { code: 'KmsAccessDenied', message: /'kms:Decrypt'/ });
  t.match(of(awsFailures.kmsDisabled()), { code: 'KmsAccessDenied' });
  t.match(of(awsFailures.denied('GetSecretValue', 'app/KMS-deleted')), {
    code: 'AccessDenied',
    message: "our identity is not allowed 'secretsmanager:GetSecretValue' on 'app/KMS-deleted'",
  });
  t.match(of(awsFailures.deniedByResource('GetSecretValue', 'x')), { code: 'ResourcePolicyDenied' });
  t.match(of(awsFailures.validation('Invalid name.')), { category: 'ConfigurationError', code: 'InvalidPathPattern' });
  t.match(of(awsFailures.badToken()), { category: 'RequestError', code: 'InvalidParameter' });
  t.match(toSecretError(answer('AccessDenied'), { operation: 'ListSecrets' }), {
    message: "our identity is not allowed 'secretsmanager:ListSecrets' on secrets",
  });
  t.end();
});

test('which refusals other credentials may mend', (t) => {
  for (const code of ['ExpiredToken', 'ExpiredTokenException', 'UnrecognizedClientException', 'InvalidClientTokenId'])
    t.ok(isCredentialRefusal(answer(code)), code);
  for (const code of ['AccessDeniedException', 'InvalidSignatureException', ''])
    t.notOk(isCredentialRefusal(answer(code)));
  t.end();
});
