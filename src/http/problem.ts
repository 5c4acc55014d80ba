import { STATUS_CODES } from 'node:http';
import { classify } from '../core/errors/classify.ts';
import type { ErrorCode } from '../core/errors/codes.ts';
import { isSecretsError, type SecretsError } from '../core/errors/secrets-error.ts';
import { ResolveFailure } from '../resolver/resolve-failure.ts';

/** RFC 9457 body of every refusal; `error` and `code` are the two levels of the taxonomy. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly error: string;
  readonly code: string;
  readonly retryable: boolean;
  readonly provider?: string;
  readonly path?: string;
  readonly requestId: string;
  readonly errors?: readonly ReferenceProblem[];
  readonly errorCount?: number;
}

interface ReferenceProblem {
  readonly reference: string;
  readonly error: string;
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly line: number;
  readonly column: number;
  readonly excerpt: string;
  readonly pointer?: string;
}

export const PROBLEM_TYPE = 'application/problem+json';

/** The only table from code to HTTP status (design §3). */
const statuses: Readonly<Record<ErrorCode, number>> = {
  InvalidProvider: 400,
  MissingEndpoint: 400,
  InvalidCacheConfig: 400,
  InvalidPathPattern: 400,
  InvalidCredentials: 502,
  ExpiredCredentials: 502,
  InsufficientPermissions: 502,
  TokenRefreshFailed: 502,
  SecretDoesNotExist: 404,
  VersionNotFound: 404,
  StageNotFound: 404,
  AccessDenied: 403,
  ResourcePolicyDenied: 403,
  KmsAccessDenied: 403,
  RotationInProgress: 409,
  RotationFailed: 502,
  RotationNotConfigured: 422,
  ProviderUnavailable: 503,
  RateLimited: 429,
  QuotaExceeded: 429,
  InternalError: 502,
  CacheCorrupted: 500,
  RefreshFailed: 500,
  InvalidSecretFormat: 422,
  JsonParseError: 422,
  InvalidReference: 400,
  KeyNotFound: 422,
  ConnectionFailed: 502,
  Timeout: 504,
  TlsError: 502,
  UnknownParameter: 400,
  InvalidParameter: 400,
  InvalidPath: 400,
  InvalidBody: 400,
  MalformedRequest: 400,
  HeadersTooLarge: 431,
  RequestTimeout: 408,
  RouteNotFound: 404,
  MethodNotAllowed: 405,
  PayloadTooLarge: 413,
  UnsupportedMediaType: 415,
  HostNotAllowed: 403,
  ForwardedRequest: 403,
  CrossSite: 403,
  Overloaded: 503,
  Draining: 503,
  AuditUnavailable: 503,
  DryRun: 501,
  NotRecorded: 501,
  NotAuthenticated: 401,
  PolicyDenied: 403,
  CallerRateLimited: 429,
};

/** The problem that tells of an error. What is no error of ours tells nothing: its message may hold anything. */
export function toProblem(error: unknown, requestId: string): Problem {
  if (error instanceof ResolveFailure) return toResolveProblem(error, requestId);
  if (!isSecretsError(error)) return toUnexpectedProblem(error, requestId);
  const status = statuses[error.code];
  const { provider, path } = error.details;
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: error.message,
    error: error.category,
    code: error.code,
    retryable: error.retryable,
    ...(provider !== undefined && { provider }),
    ...(path !== undefined && { path }),
    requestId,
  };
}

/** Seconds for `Retry-After`, whole and at least 1. */
export function retryAfterSeconds(error: unknown): number | undefined {
  if (error instanceof ResolveFailure) return retryAfterSeconds(weightiest(error));
  if (!isSecretsError(error)) return undefined;
  const status = statuses[error.code];
  const { retryAfterMs } = error.details;
  if (retryAfterMs === undefined) return status === 503 || status === 429 ? 1 : undefined;
  return Math.max(1, Math.ceil(retryAfterMs / 1_000));
}

function toUnexpectedProblem(error: unknown, requestId: string): Problem {
  const { category, code } = classify(error);
  return {
    type: 'about:blank',
    title: 'Internal Server Error',
    status: 500,
    detail: 'an unexpected error; the log has it under this request id',
    error: category,
    code,
    retryable: false,
    requestId,
  };
}

function toResolveProblem(failure: ResolveFailure, requestId: string): Problem {
  const { path: _path, ...problem } = toProblem(weightiest(failure), requestId);
  const errors = failure.failures.map(({ reference, error, line, column, excerpt, pointer }) => ({
    reference,
    error: error.category,
    code: error.code,
    status: statuses[error.code],
    detail: error.message,
    line,
    column,
    excerpt,
    ...(pointer !== undefined && { pointer }),
  }));
  return { ...problem, detail: describe(failure), errors, errorCount: failure.errors.length };
}

function describe({ failures: [first], errors: { length: count } }: ResolveFailure): string {
  const place = first === undefined ? '' : `, first in line ${first.line}: ${first.error.message}`;
  return `${count === 1 ? '1 reference' : `${count} references`} failed${place}`;
}

// Design §6: 400 if any is a syntax error, else 403 if any is refused, else 404 or 422, else the upstream one.
const weights: readonly number[] = [400, 403, 404, 422];

function weightiest({ errors }: ResolveFailure): SecretsError {
  const [first, ...others] = errors;
  if (first === undefined) throw new TypeError('a ResolveFailure without failures');
  const weight = ({ code }: SecretsError): number =>
    weights.includes(statuses[code]) ? weights.indexOf(statuses[code]) : weights.length;
  return others.reduce((worst, other) => (weight(other) < weight(worst) ? other : worst), first);
}
