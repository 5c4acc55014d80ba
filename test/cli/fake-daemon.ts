import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Test } from 'tap';

export interface FakeDaemon {
  /** For `KEYFOB_ADDR`. */
  readonly address: string;
  /** What was asked, oldest first. */
  readonly requests: readonly IncomingMessage[];
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** An HTTP server on loopback, or on the socket, that ends with the test. */
export async function startFakeDaemon(t: Test, answer: Answer, socket?: string): Promise<FakeDaemon> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  if (socket === undefined) server.listen(0, '127.0.0.1');
  else server.listen(socket);
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const bound = server.address();
  const port = typeof bound === 'object' ? bound?.port : undefined;
  return { address: socket === undefined ? `http://127.0.0.1:${port}` : `unix:${socket}`, requests };
}

/** Sends a problem as the daemon does. */
export function sendProblem(response: ServerResponse, status: number, fields: { detail: string; code: string }): void {
  response.writeHead(status, { 'content-type': 'application/problem+json; charset=utf-8' });
  response.end(JSON.stringify({ type: 'about:blank', title: '', status, retryable: false, requestId: 'r', ...fields }));
}

/** An address where nothing listens: the port was free a moment ago. */
export async function deadAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
}
