import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Traffic {
  /** Requests whose answer has not been sent. */
  unanswered: number;
  latest: IncomingMessage | undefined;
}

/** The open connections of a server. Node tells neither which are silent nor, once it is closing, times them out. */
export class OpenConnections {
  readonly #traffic = new Map<Socket, Traffic>();

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.#traffic.set(socket, { unanswered: 0, latest: undefined });
      socket.once('close', () => this.#traffic.delete(socket));
    });
    server.on('request', (request, response) => this.#asked(request, response));
  }

  /** Cuts those on which no answer is due: silent ones, and those whose only request never came whole. */
  cutUnasked(): void {
    for (const [socket, { unanswered, latest }] of this.#traffic) {
      if (unanswered === 0 || (unanswered === 1 && latest?.complete === false)) socket.destroy();
    }
  }

  #asked(request: IncomingMessage, response: ServerResponse): void {
    const traffic = this.#traffic.get(request.socket);
    if (traffic === undefined) return;
    traffic.unanswered++;
    traffic.latest = request;
    response.once('close', () => traffic.unanswered--);
  }
}
