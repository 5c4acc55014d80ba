import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { Scope } from '../e2e/temporary-directory.ts';
import type { CertificateFiles } from '../fakes/make-certificate.ts';

/** Stands between the daemon and a fake store, so that not only the store can fail, but the way to it. */
export interface StoreDoor {
  readonly port: number;
  /** Ends every connection; new ones are let in. */
  cut(): void;
  /** Likewise, and refuses new ones. */
  close(): Promise<void>;
}

/** A door of plain TCP in front of what listens at `target`, a URL that may change from connection to connection. */
export async function openDoor(scope: Scope, target: string | (() => string)): Promise<StoreDoor> {
  const server = createServer();
  const toTarget = typeof target === 'string' ? () => target : target;
  server.on('connection', (socket) => connectTo(toTarget(), socket));
  return listen(scope, server);
}

export interface TlsDoor extends StoreDoor {
  /** From the next connection on. */
  exchangeCertificate(files: CertificateFiles): Promise<void>;
}

/** A door that speaks TLS to whoever comes. */
export async function openTlsDoor(scope: Scope, target: string, files: CertificateFiles): Promise<TlsDoor> {
  const server = createTlsServer(await readPair(files));
  server.on('secureConnection', (socket) => connectTo(target, socket));
  // A client that does not like the certificate.
  server.on('tlsClientError', () => undefined);
  const door = await listen(scope, server);
  return { ...door, exchangeCertificate: async (other) => server.setSecureContext(await readPair(other)) };
}

const readPair = async ({ cert, key }: CertificateFiles): Promise<{ cert: Buffer; key: Buffer }> => ({
  cert: await readFile(cert),
  key: await readFile(key),
});

function connectTo(target: string, socket: Socket): void {
  const store = connect(Number(new URL(target).port), '127.0.0.1');
  for (const [end, other] of [
    [socket, store],
    [store, socket],
  ] as const)
    end.on('error', () => other.destroy()).on('close', () => other.destroy());
  socket.pipe(store).pipe(socket);
}

async function listen(scope: Scope, server: Server | TlsServer): Promise<StoreDoor> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    cut();
    await once(server, 'close');
  };
  scope.teardown(close);
  return { port: typeof address === 'object' && address !== null ? address.port : 0, cut, close };
}
