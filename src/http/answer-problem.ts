import type { ServerResponse } from 'node:http';
import { isSecretsError } from '../core/errors/secrets-error.ts';
import type { Log } from '../core/log.ts';
import { ResolveFailure } from '../resolver/resolve-failure.ts';
import type { Addressee } from './answer.ts';
import { toProblemAnswer } from './problem-answer.ts';

export interface Refusal {
  readonly error: unknown;
  /** The secret's path, as the caller wrote it. */
  readonly path: string;
}

/** Answers with the problem that tells of an error. */
export function answerProblem(response: ServerResponse, { visit, isLast }: Addressee, { error, path }: Refusal): void {
  const { status, headers, body } = toProblemAnswer(error, visit.context.requestId, path);
  response.writeHead(status, {
    ...headers,
    ...(isLast && { connection: 'close' }),
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Whether it is an error of ours, which may be told. */
export const isExpected = (error: unknown): boolean => isSecretsError(error) || error instanceof ResolveFailure;

/** What may not be told is told to the log. */
export function noteUnexpected(log: Log, error: unknown, requestId: string): void {
  if (!isExpected(error)) log.error({ err: error, request_id: requestId }, 'unexpected error');
}
