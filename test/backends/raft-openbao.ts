import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installOpenBao } from '../../scripts/install-backends.ts';
import type { Scope } from '../e2e/temporary-directory.ts';
import { freePortPair } from './openbao.ts';

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/** A real OpenBao that keeps its data on disk, so that it can be killed and come back with all of it. */
export class RaftOpenBao {
  readonly address: string;
  rootToken = '';
  readonly #program: string;
  readonly #folder: string;
  #process: ChildProcess | undefined;
  #unsealKey = '';

  constructor(program: string, folder: string, port: number) {
    this.#program = program;
    this.#folder = folder;
    this.address = `http://127.0.0.1:${port}`;
  }

  /** Starts it on its port and its data, and waits until it serves. */
  async start(): Promise<void> {
    const log = await open(join(this.#folder, 'log'), 'a');
    const args = ['server', `-config=${join(this.#folder, 'config.hcl')}`];
    const child = spawn(this.#program, args, { stdio: ['ignore', log.fd, log.fd], env: { HOME: this.#folder } });
    await log.close();
    // A test that is ended for its time leaves no server behind.
    process.once('exit', () => child.kill('SIGKILL'));
    this.#process = child;
    await this.#until('it answers', () => this.#status('sys/seal-status').then((status) => status === 200));
    if (this.#unsealKey === '') await this.#initialise();
    await this.unseal();
  }

  async seal(): Promise<void> {
    await this.call('sys/seal', {}, 'PUT');
  }

  /** Waits until it serves. */
  async unseal(): Promise<void> {
    await this.call('sys/unseal', { key: this.#unsealKey }, 'PUT');
    await this.#until('it serves', () => this.#status('sys/health').then((status) => status === 200));
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** One call as root that must succeed; gives the parsed answer. A `body` makes it a POST. */
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of a real server, looked at by tests alone
  async call(path: string, body?: object, method = body === undefined ? 'GET' : 'POST'): Promise<any> {
    const answer = await this.#send(path, body, method);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`openbao answered ${answer.status} to ${path}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async #initialise(): Promise<void> {
    const { keys, root_token: rootToken } = await this.call(
      'sys/init',
      { secret_shares: 1, secret_threshold: 1 },
      'PUT',
    );
    this.#unsealKey = keys[0];
    this.rootToken = rootToken;
  }

  #send(path: string, body: object | undefined, method: string): Promise<Response> {
    return fetch(`${this.address}/v1/${path}`, {
      method,
      headers: { 'X-Vault-Token': this.rootToken, 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
  }

  /** Undefined when nobody answers. */
  async #status(path: string): Promise<number | undefined> {
    const answer = await this.#send(path, undefined, 'GET').catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.status;
  }

  async #until(what: string, ask: () => Promise<boolean>): Promise<void> {
    const endAtMs = performance.now() + START_TIMEOUT_MS;
    while (!(await ask())) {
      if (performance.now() > endAtMs)
        throw new Error(`waited in vain until ${what}: ${await readFile(join(this.#folder, 'log'), 'utf8')}`);
      await sleep(POLL_MS);
    }
  }
}

/** A server with KV v2 at `secret/`; it goes with its scope. */
export async function startRaftOpenBao(scope: Scope): Promise<RaftOpenBao> {
  const folder = await mkdtemp(join(tmpdir(), 'keyfob-raft-'));
  const port = await freePortPair();
  await mkdir(join(folder, 'data'));
  const config = `storage "raft" {
  path = "${join(folder, 'data')}"
  node_id = "only"
}
listener "tcp" {
  address = "127.0.0.1:${port}"
  tls_disable = true
}
api_addr = "http://127.0.0.1:${port}"
cluster_addr = "http://127.0.0.1:${port + 1}"
`;
  await writeFile(join(folder, 'config.hcl'), config);
  const bao = new RaftOpenBao(await installOpenBao(), folder, port);
  scope.teardown(() => bao.close());
  await bao.start();
  await bao.call('sys/mounts/secret', { type: 'kv', options: { version: '2' } });
  return bao;
}
