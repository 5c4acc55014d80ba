import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Connection, type Door } from './connection.ts';

/** The open connections of a server. Node tells neither which are silent nor, once it is closing, times them out. */
export class OpenConnections {
  readonly #connections = new Map<Socket, Connection>();

  constructor(server: Server, door: Door) {
    server.on('connection', (socket) => {
      this.#connections.set(socket, new Connection(door, socket));
      socket.once('close', () => this.#connections.delete(socket));
    });
  }

  /** @throws TypeError for one that is not open, on which nothing can be asked. */
  of(socket: Socket): Connection {
    const connection = this.#connections.get(socket);
    if (connection === undefined) throw new TypeError('a request without its connection');
    return connection;
  }

  /** Cuts those on which no answer is due. */
  cutUnasked(): void {
    this.#cut((connection) => connection.isUnasked());
  }

  /** Cuts those on which nothing has come since the last call. */
  cutIdle(): void {
    this.#cut((connection) => connection.isIdle());
  }

  #cut(isToGo: (connection: Connection) => boolean): void {
    for (const [socket, connection] of this.#connections) if (isToGo(connection)) socket.destroy();
  }
}
