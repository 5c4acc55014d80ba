import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { Connection, type Door } from './connection.ts';

// Of one listener, so that a flood on one leaves the others alone.
export const MAX_CONNECTIONS = 2_048;
const MAX_HANDSHAKES = 256;

/** The open connections of a server. Node tells neither which are silent nor, once it is closing, times them out. */
export class OpenConnections {
  readonly #connections = new Map<Socket, Connection>();

  /** @param refuse answers on a connection that is too many */
  constructor(server: Server, door: Door, refuse: (socket: Socket) => void) {
    const isTls = server instanceof TlsServer;
    // What is still shaking hands is counted by Node alone.
    if (isTls) server.maxConnections = MAX_CONNECTIONS + MAX_HANDSHAKES;
    // With TLS, requests come on another socket than the one that was accepted.
    server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => {
      if (this.#connections.size >= MAX_CONNECTIONS && !this.#makeRoom()) {
        refuse(socket);
        return;
      }
      this.#connections.set(socket, new Connection(door, socket));
      socket.once('close', () => this.#connections.delete(socket));
    });
  }

  /** Undefined for one that was refused. */
  of(socket: Socket): Connection | undefined {
    return this.#connections.get(socket);
  }

  /** Cuts those on which no answer is due. */
  cutUnasked(): void {
    this.#cut((connection) => connection.isUnasked());
  }

  /** Cuts those on which nothing has come since the last call. */
  cutIdle(): void {
    this.#cut((connection) => connection.isIdle());
  }

  /** Cuts the oldest on which no answer is due. */
  #makeRoom(): boolean {
    for (const [socket, connection] of this.#connections) {
      if (!connection.isUnasked()) continue;
      this.#connections.delete(socket);
      socket.destroy();
      return true;
    }
    return false;
  }

  #cut(isToGo: (connection: Connection) => boolean): void {
    for (const [socket, connection] of this.#connections) if (isToGo(connection)) socket.destroy();
  }
}
