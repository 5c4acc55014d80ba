import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { spannedPath } from './query.ts';
import { toProblemAnswer } from './problem-answer.ts';
import { PROBLEM_TYPE, toProblem } from './problem.ts';

/** Answers a request with the problem that tells of `error`. */
export function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const { status, headers, body } = toProblemAnswer(error, reply.request.id, pathOf(reply.request));
  // To a text the framework would add its character set, which the type does not have.
  return reply.code(status).headers(headers).send(Buffer.from(body));
}

/** The secret's path, as the caller wrote it, on the routes that have one. */
function pathOf(request: FastifyRequest): string {
  // Where there is no such route, the wildcard holds the whole URL.
  return request.is404 ? '' : spannedPath(request);
}

/** Answers on a connection that no request could be read from, and closes it. */
export function writeProblem(socket: Duplex, error: unknown, requestId: string): void {
  // Node has let go of the socket: a client that resets it now would end the process with an unhandled error.
  socket.on('error', () => socket.destroy());
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const problem = toProblem(error, requestId);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? 'Error'}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `X-Request-Id: ${requestId}`,
    ...(problem.status === 405 ? ['Allow: GET, POST, DELETE'] : []),
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
