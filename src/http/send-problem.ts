import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { spannedPath } from './query.ts';
import { PROBLEM_TYPE, retryAfterSeconds, toProblem } from './problem.ts';

/** Answers a request with the problem that tells of `error`. */
export function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const problem = { ...pathOf(reply.request), ...toProblem(error, reply.request.id) };
  const retryAfter = retryAfterSeconds(error);
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  return reply
    .code(problem.status)
    .header('content-type', PROBLEM_TYPE)
    .header('cache-control', 'no-store')
    .header('x-request-id', reply.request.id)
    .serializer(JSON.stringify)
    .send(problem);
}

/** The secret's path, as the caller wrote it, on the routes that have one. */
function pathOf(request: FastifyRequest): { readonly path?: string } {
  // Where there is no such route, the wildcard holds the whole URL.
  const path = request.is404 ? '' : spannedPath(request);
  return path === '' ? {} : { path };
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
