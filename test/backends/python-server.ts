import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';

export interface PythonServerOptions {
  /** Folder of the installed packages. */
  readonly packages: string;
  /** Arguments of `python3`, for a port of 127.0.0.1. */
  args(port: number): readonly string[];
  env(port: number): Readonly<Record<string, string>>;
  /** Answers 200 once the server is up. */
  readonly healthPath: string;
}

const START_TIMEOUT_MS = 30_000;

/** A server written in Python, on a free port of loopback. */
export class PythonServer {
  readonly address: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  constructor(child: ChildProcess, address: string, folder: string) {
    this.#process = child;
    this.address = address;
    this.#folder = folder;
  }

  async ready(path: string): Promise<void> {
    const endAtMs = Date.now() + START_TIMEOUT_MS;
    while (!(await isUp(`${this.address}${path}`))) {
      if (this.#process.exitCode !== null || Date.now() > endAtMs)
        throw new Error(`the server did not start: ${await readFile(join(this.#folder, 'log'), 'utf8')}`);
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL');
      await once(this.#process, 'exit');
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export async function startPythonServer(options: PythonServerOptions, port?: number): Promise<PythonServer> {
  const free = port ?? (await freePort());
  const folder = await mkdtemp(join(tmpdir(), 'keyfob-python-'));
  const log = await open(join(folder, 'log'), 'w');
  const env = { PATH: process.env['PATH'], HOME: folder, PYTHONPATH: options.packages, ...options.env(free) };
  const child = spawn('python3', options.args(free), { stdio: ['ignore', log.fd, log.fd], env });
  await log.close();
  // A test that is ended for its time leaves no server behind.
  process.once('exit', () => child.kill('SIGKILL'));
  const server = new PythonServer(child, `http://127.0.0.1:${free}`, folder);
  try {
    await server.ready(options.healthPath);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

const isUp = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    ({ status }) => status === 200,
    () => false,
  );
