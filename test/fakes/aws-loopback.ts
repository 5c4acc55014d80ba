import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { SignedMessage } from './aws-signature-check.ts';

export interface LoopbackAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `hang` never answers, `reset` cuts the connection. */
export type Behaviour = (message: SignedMessage) => LoopbackAnswer | 'hang' | 'reset';

/** A server on loopback that keeps what it is sent. */
export class Loopback {
  readonly requests: SignedMessage[] = [];
  readonly #server: Server;
  readonly #waiting = new Set<() => void>();

  constructor(behaviour: Behaviour) {
    this.#server = createServer((request, response) => {
      this.#serve(request, response, behaviour).catch(() => response.destroy());
    });
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  /** Without a slash at its end. */
  get address(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new TypeError('the fake does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Waits until so many requests have come. */
  async seen(count: number): Promise<void> {
    while (this.requests.length < count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      await promise;
    }
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse, behaviour: Behaviour): Promise<void> {
    const body = await text(request);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const message = { method: request.method ?? '', target: request.url ?? '', headers, body };
    this.requests.push(message);
    const answer = behaviour(message);
    // The time of the fakes is their own.
    response.sendDate = false;
    if (answer === 'reset') request.socket.resetAndDestroy();
    else if (answer !== 'hang') response.writeHead(answer.status, answer.headers).end(answer.text);
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
