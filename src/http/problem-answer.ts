import { isSecretsError } from '../core/errors/secrets-error.ts';
import { PROBLEM_TYPE, retryAfterSeconds, toProblem } from './problem.ts';

/** A problem as it goes out. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** @param path the secret's path, as the caller wrote it; empty where there is none */
export function toProblemAnswer(error: unknown, requestId: string, path: string): ProblemAnswer {
  const problem = { ...(path !== '' && { path }), ...toProblem(error, requestId) };
  const retryAfter = retryAfterSeconds(error);
  return {
    status: problem.status,
    headers: {
      'x-request-id': requestId,
      'content-type': PROBLEM_TYPE,
      'cache-control': 'no-store',
      ...(problem.status === 401 && { 'www-authenticate': challengeOf(error) }),
      ...(retryAfter !== undefined && { 'retry-after': `${retryAfter}` }),
    },
    body: JSON.stringify(problem),
  };
}

/** RFC 6750 §3: what was shown is wrong, unless the error knows better. */
function challengeOf(error: unknown): string {
  return (
    (isSecretsError(error) ? error.details.challenge : undefined) ?? 'Bearer realm="keyfob", error="invalid_token"'
  );
}
