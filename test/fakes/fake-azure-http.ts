import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { CertificateFiles } from './make-certificate.ts';

export interface FakeRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface FakeAnswer {
  readonly status: number;
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Says how a request fails; undefined lets it pass. `hang` never answers, `reset` cuts the connection. */
export type FakeFault = (request: FakeRequest) => FakeAnswer | 'hang' | 'reset' | undefined;

export type FakeHandler = (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>;

/** A server on loopback that keeps what it was asked. */
export class FakeServer {
  readonly requests: FakeRequest[] = [];
  fault: FakeFault = () => undefined;
  /** The clock that its `Date` header tells: milliseconds since 1970. */
  readonly #nowMs: () => number;
  readonly #server: Server;
  readonly #isTls: boolean;
  readonly #handle: FakeHandler;

  constructor(handle: FakeHandler, nowMs: () => number, files?: CertificateFiles) {
    this.#handle = handle;
    this.#nowMs = nowMs;
    this.#isTls = files !== undefined;
    const listener: RequestListener = (message, response) => {
      this.#serve(message, response).catch((error: unknown) => response.destroy(new Error(String(error))));
    };
    this.#server =
      files === undefined
        ? createServer(listener)
        : createTlsServer({ cert: readFileSync(files.cert), key: readFileSync(files.key) }, listener);
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  /** Without a slash at its end. */
  get origin(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new TypeError('the fake does not listen');
    return `${this.#isTls ? 'https' : 'http'}://localhost:${address.port}`;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = message;
    const url = new URL(message.url ?? '', this.origin);
    const request = { method, url, headers, body: await text(message) };
    this.requests.push(request);
    const answer = this.fault(request) ?? (await this.#handle(request));
    if (answer === 'reset') message.socket.resetAndDestroy();
    if (answer === 'reset' || answer === 'hang') return;
    const isText = typeof answer.body === 'string';
    response.writeHead(answer.status, {
      'content-type': isText ? 'text/html' : 'application/json; charset=utf-8',
      date: new Date(this.#nowMs()).toUTCString(),
      ...answer.headers,
    });
    response.end(isText ? answer.body : JSON.stringify(answer.body));
  }
}
