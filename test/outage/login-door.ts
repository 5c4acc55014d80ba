import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Scope } from '../e2e/temporary-directory.ts';

/** Stands between the daemon and its Vault, and counts the logins that are under way. */
export class LoginDoor {
  /** All logins so far. */
  logins = 0;
  /** The most that were under way at once. */
  mostAtOnce = 0;
  readonly #target: URL;
  #underWay = 0;

  constructor(target: string) {
    this.#target = new URL(target);
  }

  forward(message: IncomingMessage, response: ServerResponse): void {
    const isLogin = message.url?.endsWith('/login') === true;
    if (isLogin) this.#begun();
    const { method = 'GET', url = '/', headers } = message;
    const { hostname, port } = this.#target;
    const onward = request({ hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => {
      onward.destroy();
      if (isLogin) this.#underWay--;
    });
    message.pipe(onward);
  }

  #begun(): void {
    this.logins++;
    this.#underWay++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay);
  }
}

/** Opens one on a free port; it is closed with its scope. */
export async function openLoginDoor(scope: Scope, target: string): Promise<{ door: LoginDoor; address: string }> {
  const door = new LoginDoor(target);
  const server = createServer((message, response) => door.forward(message, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  scope.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { door, address: `http://127.0.0.1:${port}` };
}
