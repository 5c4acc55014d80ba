import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface FakeRequest {
  readonly method: string;
  /** As it was sent, still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface FakeResponse {
  readonly status: number;
  /** Sent as JSON unless it is a text. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type FakeHandler = (request: FakeRequest) => FakeResponse | 'hang' | 'cut';

/** A service of Google's on loopback. */
export interface FakeServer {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly requests: readonly FakeRequest[];
  close(): Promise<void>;
}

export async function startFakeServer(handle: FakeHandler): Promise<FakeServer> {
  const requests: FakeRequest[] = [];
  const server = createServer((incoming, response) => {
    void answer(incoming, response, (request) => {
      requests.push(request);
      return handle(request);
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const host = `127.0.0.1:${portOf(server)}`;
  return { origin: `http://${host}`, host, requests, close: () => close(server) };
}

async function answer(incoming: IncomingMessage, response: ServerResponse, handle: FakeHandler): Promise<void> {
  const [path = '', query = ''] = (incoming.url ?? '').split(/\?(.*)/s);
  const body = await text(incoming).catch(() => '');
  const { method = '', headers } = incoming;
  const result = handle({ method, path, query: new URLSearchParams(query), headers, body });
  if (result === 'hang') return;
  if (result === 'cut') {
    incoming.socket.destroy();
    return;
  }
  const isText = typeof result.body === 'string';
  const type = isText ? 'text/html; charset=UTF-8' : 'application/json; charset=UTF-8';
  response.writeHead(result.status, { 'Content-Type': type, ...result.headers });
  response.end(isText ? result.body : JSON.stringify(result.body));
}

// The address of a server that listens on TCP is no text.
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}
