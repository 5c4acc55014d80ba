import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Scope } from './temporary-directory.ts';

/** Stands between the daemon and a fake store, and can hold the store's answers back. */
export class Gate {
  readonly address: string;
  #isOpen = Promise.resolve();
  #open = (): void => undefined;

  constructor(server: Server, target: string) {
    const address = server.address();
    this.address = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    server.on('connection', (socket) => this.#connect(socket, Number(new URL(target).port)));
  }

  /** Answers wait from now on. */
  shut(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#isOpen = promise;
    this.#open = resolve;
  }

  open(): void {
    this.#open();
  }

  #connect(socket: Socket, port: number): void {
    const store = connect(port, '127.0.0.1');
    for (const [end, other] of [
      [socket, store],
      [store, socket],
    ] as const)
      end.on('error', () => other.destroy()).on('close', () => other.destroy());
    socket.pipe(store);
    store.on('data', (chunk) => void this.#isOpen.then(() => socket.write(chunk)));
  }
}

/** Opens a gate in front of what listens at `target`. */
export async function openGate(scope: Scope, target: string): Promise<Gate> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  scope.teardown(() => server.close());
  return new Gate(server, target);
}
