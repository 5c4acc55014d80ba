/** An answer of the fake that is an error of AWS. */
export class FakeAwsFailure extends Error {
  readonly code: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, message: string, { status = 400, headers = {} } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}

/** Failures in the words of AWS. */
export const awsFailures = {
  noSecret: () => new FakeAwsFailure('ResourceNotFoundException', "Secrets Manager can't find the specified secret."),
  noVersion: (id: string) =>
    new FakeAwsFailure(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for VersionId: ${id}`,
    ),
  noStage: (label: string) =>
    new FakeAwsFailure(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for staging label: ${label}`,
    ),
  mismatch: () =>
    new FakeAwsFailure(
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    ),
  deleted: () =>
    new FakeAwsFailure(
      'InvalidRequestException',
      "You can't perform this operation on the secret because it was marked for deletion.",
    ),
  noRotation: () =>
    new FakeAwsFailure('InvalidRequestException', 'No Lambda rotation function ARN is associated with this secret.'),
  rotating: () =>
    new FakeAwsFailure(
      'InvalidRequestException',
      "A previous rotation isn't complete. That rotation will be reattempted.",
    ),
  denied: (operation: string, resource: string) =>
    new FakeAwsFailure(
      'AccessDeniedException',
      `User: arn:aws:sts::123456789012:assumed-role/app/s is not authorized to perform: secretsmanager:${operation} on resource: ${resource} because no identity-based policy allows the secretsmanager:${operation} action`,
    ),
  deniedByResource: (operation: string, resource: string) =>
    new FakeAwsFailure(
      'AccessDeniedException',
      `User: arn:aws:iam::123456789012:user/u is not authorized to perform: secretsmanager:${operation} on resource: ${resource} with an explicit deny in a resource-based policy`,
    ),
  kmsRefused: () => new FakeAwsFailure('AccessDeniedException', 'Access to KMS is not allowed'),
  kmsDisabled: () =>
    new FakeAwsFailure(
      'DecryptionFailure',
      "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
    ),
  badToken: () => new FakeAwsFailure('InvalidNextTokenException', 'The NextToken value is invalid.'),
  validation: (message: string) => new FakeAwsFailure('ValidationException', message),
  throttled: (headers: Readonly<Record<string, string>> = {}) =>
    new FakeAwsFailure('ThrottlingException', 'Rate exceeded', { headers }),
  inside: () => new FakeAwsFailure('InternalServiceError', 'An error occurred on the server side.', { status: 500 }),
  unavailable: () => new FakeAwsFailure('ServiceUnavailable', 'Service is unavailable.', { status: 503 }),
  expired: () => new FakeAwsFailure('ExpiredTokenException', 'The security token included in the request is expired'),
  unknownKey: () =>
    new FakeAwsFailure('UnrecognizedClientException', 'The security token included in the request is invalid.'),
} as const;
