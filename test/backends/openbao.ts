import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpClient, type HttpClient, type HttpResponse } from '../../src/transport/http-client.ts';
import { installOpenBao } from '../../scripts/install-backends.ts';

export interface OpenBaoOptions {
  /**
   * `dev` is unsealed, with KV v2 at `secret/`; `tls` likewise with a certificate of its own authority; `sealable` keeps
   * its data in memory, starts initialised and unsealed, and can be sealed; `empty` likewise, but not initialised.
   */
  readonly mode?: 'dev' | 'tls' | 'sealable' | 'empty';
}

const ROOT_TOKEN = 'root-token-of-the-test';
const START_TIMEOUT_MS = 20_000;

/** A real OpenBao server on loopback. */
export class OpenBao {
  readonly address: string;
  /** PEM file of the authority, in the mode `tls`. */
  readonly caFile: string | undefined;
  rootToken = ROOT_TOKEN;
  readonly #mode: string;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #http: HttpClient;
  #unsealKey = '';

  constructor(child: ChildProcess, { port, folder, mode }: { port: number; folder: string; mode: string }) {
    const isTls = mode === 'tls';
    this.#mode = mode;
    this.#process = child;
    this.#folder = folder;
    this.address = `${isTls ? 'https' : 'http'}://127.0.0.1:${port}`;
    this.caFile = isTls ? join(folder, 'vault-ca.pem') : undefined;
    const tls = this.caFile === undefined ? {} : { tls: { ca: this.caFile } };
    this.#http = createHttpClient({ ...tls, maxResponseBytes: 16 * 1024 ** 2 });
  }

  /** One call as root, whatever it answers. A `body` makes it a POST; text goes as it is. */
  async ask(path: string, body?: string | object, method = body === undefined ? 'GET' : 'POST'): Promise<HttpResponse> {
    return this.#http.send({
      method,
      url: new URL(`${this.address}/v1/${path}`),
      headers: { 'X-Vault-Token': this.rootToken, 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
  }

  /** Likewise, and must succeed. Gives the parsed answer. */
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of a real server, looked at by tests alone
  async call(path: string, body?: string | object, method?: string): Promise<any> {
    const answer = await this.ask(path, body, method);
    if (answer.status >= 300) throw new Error(`openbao answered ${answer.status} to ${path}: ${answer.text}`);
    return answer.text === '' ? undefined : JSON.parse(answer.text);
  }

  async seal(): Promise<void> {
    await this.call('sys/seal', {});
  }

  async unseal(): Promise<void> {
    await this.call('sys/unseal', { key: this.#unsealKey });
  }

  async stop(): Promise<void> {
    await this.#http.close();
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL');
      await once(this.#process, 'exit');
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Waits until the server listens, and makes a sealable one ready. */
  async ready(): Promise<void> {
    const endAtMs = Date.now() + START_TIMEOUT_MS;
    // A file of its certificate may be there only once it listens, hence the wide net.
    while (
      !(await this.ask('sys/seal-status').then(
        ({ status }) => status === 200,
        () => false,
      ))
    ) {
      if (this.#process.exitCode !== null || Date.now() > endAtMs)
        throw new Error(`openbao did not start: ${await readFile(join(this.#folder, 'log'), 'utf8')}`);
      await sleep(50);
    }
    const status = await this.call('sys/seal-status');
    if (status.initialized !== true && this.#mode !== 'empty') await this.initialise();
  }

  async initialise(): Promise<void> {
    const { keys, root_token: rootToken } = await this.call(
      'sys/init',
      { secret_shares: 1, secret_threshold: 1 },
      'PUT',
    );
    this.#unsealKey = keys[0];
    this.rootToken = rootToken;
    await this.unseal();
    await this.call('sys/mounts/secret', { type: 'kv', options: { version: '2' } });
  }
}

/** Starts a server on free ports. */
export async function startOpenBao({ mode = 'dev' }: OpenBaoOptions = {}): Promise<OpenBao> {
  const program = await installOpenBao();
  const folder = await mkdtemp(join(tmpdir(), 'keyfob-openbao-'));
  const port = await freePortPair();
  const log = await open(join(folder, 'log'), 'w');
  const args = mode === 'sealable' || mode === 'empty' ? await sealableArgs(folder, port) : devArgs(mode, folder, port);
  const child = spawn(program, args, { stdio: ['ignore', log.fd, log.fd], env: { HOME: folder } });
  await log.close();
  // A test that is ended for its time leaves no server behind.
  process.once('exit', () => child.kill('SIGKILL'));
  const bao = new OpenBao(child, { port, folder, mode });
  try {
    await bao.ready();
    return bao;
  } catch (error) {
    await bao.stop();
    throw error;
  }
}

function devArgs(mode: string, folder: string, port: number): string[] {
  const tls = mode === 'tls' ? ['-dev-tls', `-dev-tls-cert-dir=${folder}`] : [];
  const listen = `-dev-listen-address=127.0.0.1:${port}`;
  return ['server', '-dev', ...tls, `-dev-root-token-id=${ROOT_TOKEN}`, listen, '-dev-no-store-token'];
}

async function sealableArgs(folder: string, port: number): Promise<string[]> {
  const file = join(folder, 'config.hcl');
  const config = `storage "inmem" {}
listener "tcp" {
  address = "127.0.0.1:${port}"
  tls_disable = true
}
api_addr = "http://127.0.0.1:${port}"
cluster_addr = "http://127.0.0.1:${port + 1}"
`;
  await writeFile(file, config);
  return ['server', `-config=${file}`];
}

/** Two free ports in a row: the second is for the server's cluster. */
export async function freePortPair(): Promise<number> {
  for (;;) {
    const first = await listen(0);
    const port = portOf(first);
    const second = await listen(port + 1).catch(() => undefined);
    await close(first);
    if (second === undefined) continue;
    await close(second);
    return port;
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
