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
      ...(retryAfter !== undefined && { 'retry-after': `${retryAfter}` }),
    },
    body: JSON.stringify(problem),
  };
}
