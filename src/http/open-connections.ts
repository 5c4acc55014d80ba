import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request on a connection, and what came of it. Answers go out in the order of the requests. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Traffic {
  before: Exchange | undefined;
  latest: Exchange | undefined;
}

/** The open connections of a server. Node tells neither which are silent nor, once it is closing, times them out. */
export class OpenConnections {
  readonly #traffic = new Map<Socket, Traffic>();

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.#traffic.set(socket, { before: undefined, latest: undefined });
      socket.once('close', () => this.#traffic.delete(socket));
    });
    server.on('request', (request, response) => {
      const traffic = this.#traffic.get(request.socket);
      if (traffic === undefined) return;
      traffic.before = traffic.latest;
      traffic.latest = { request, response };
    });
  }

  /** Cuts those on which no answer is due: silent ones, and those whose only request never came whole. */
  cutUnasked(): void {
    for (const [socket, { before, latest }] of this.#traffic) {
      const isHalfAsked = latest?.request.complete === false && isAnswered(before);
      if (isAnswered(latest) || isHalfAsked) socket.destroy();
    }
  }
}

const isAnswered = (exchange: Exchange | undefined): boolean => exchange?.response.writableFinished !== false;
