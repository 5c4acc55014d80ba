import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListenAddress } from '../../src/config/config.ts';
import { parseListenAddress } from '../../src/config/listen-address.ts';
import { type Scope, temporaryDirectory } from './temporary-directory.ts';
import { spawnBundle } from './bundle.ts';
import { Http, type Witness } from './http.ts';
import { until } from './until.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface DaemonOptions {
  /** The configuration; `listen` is a free port of loopback and `drain` is nothing unless it says otherwise. */
  readonly config?: Json;
  /** Instead of a configuration: arguments of `serve`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where it listens, for a log level that does not tell. */
  readonly address?: string;
  readonly witness?: Witness;
  /** Returns as soon as it listens, though it may not be ready. */
  readonly isReadinessOpen?: boolean;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A line of the log or of the audit. */
export type Line = Readonly<Record<string, unknown>>;

// Far beyond what a stop takes here; then the test is over anyway.
const MERCY_MS = 5_000;

/** The built daemon as a child process. */
export class Daemon {
  readonly exited: Promise<Exit>;
  /** In the order of the configuration, those of `ops` last. */
  addresses: readonly ListenAddress[] = [];
  readonly #child: ChildProcess;
  readonly #configFile: string;
  readonly #witness: Witness | undefined;
  #stdout = '';
  #stderr = '';

  constructor(child: ChildProcess, configFile: string, witness: Witness | undefined) {
    this.#child = child;
    this.#configFile = configFile;
    this.#witness = witness;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.exited = once(child, 'close').then(() => ({ code: child.exitCode, signal: child.signalCode }));
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The lines of the log so far. */
  get log(): readonly Line[] {
    return toLines(this.#stderr);
  }

  /** The lines of the audit so far, when it goes to standard output. */
  get audit(): readonly Line[] {
    return toLines(this.#stdout).filter(({ type }) => type === 'audit');
  }

  /** A client of the first listener, or of another one. */
  http(index = 0): Http {
    return new Http(this.address(index), this.#witness);
  }

  address(index = 0): ListenAddress {
    const address = this.addresses[index];
    if (address === undefined) throw new TypeError(`there is no listener ${index}`);
    return address;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for a line of the log whose message begins so. */
  logged(message: string, count = 1): Promise<Line> {
    return until(`the log says '${message}'`, () =>
      this.log.filter(({ msg }) => String(msg).startsWith(message)).at(count - 1),
    );
  }

  /** Writes the configuration anew and has it read; waits until the log says how that went. */
  async reload(config: Json | string): Promise<void> {
    const isDone = ({ msg }: Line): boolean =>
      /^the configuration (?:was read again|stays as it was)/.test(String(msg));
    const before = this.log.filter(isDone).length;
    await writeConfig(this.#configFile, config);
    this.signal('SIGHUP');
    await until('the configuration was read', () => this.log.filter(isDone).length > before || undefined);
  }

  /** Ends it as an orchestrator does, which at last kills what does not end by itself. */
  async stop(): Promise<Exit> {
    this.signal('SIGTERM');
    const mercy = setTimeout(() => this.signal('SIGKILL'), MERCY_MS);
    const exit = await this.exited;
    clearTimeout(mercy);
    return exit;
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }
}

/** Starts a daemon that is ready; it is killed with the test, whatever it does then. */
export async function startDaemon(scope: Scope, options: DaemonOptions): Promise<Daemon> {
  const configFile = join(await temporaryDirectory(scope), 'keyfob.yaml');
  if (options.config !== undefined) await writeConfig(configFile, options.config);
  const args = options.args ?? ['--config', configFile];
  const daemon = new Daemon(spawnBundle(['serve', ...args], options.env), configFile, options.witness);
  scope.teardown(() => daemon.kill());
  daemon.addresses = await until('the daemon listens', () => {
    if (daemon.hasExited) throw new Error(`the daemon ended: ${daemon.stderr}`);
    return options.address === undefined ? announced(daemon.stderr) : [toAddress(options.address)];
  });
  if (options.isReadinessOpen !== true) await until('the daemon is ready', () => isReady(daemon.http()));
  return daemon;
}

async function isReady(http: Http): Promise<true | undefined> {
  try {
    return (await http.get('/readyz')).status === 200 || undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ECONNREFUSED' || code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Where a daemon listens, as its log says; undefined before. */
export function announced(stderr: string): readonly ListenAddress[] | undefined {
  const names = /listening on (.*?); try: curl/.exec(stderr)?.[1];
  return names?.split(', ').map(toAddress);
}

function toAddress(name: string): ListenAddress {
  const address = parseListenAddress(name);
  if (address === undefined) throw new TypeError(`'${name}' is no address`);
  return address;
}

/** The settings with what is usual here. */
export async function writeConfig(file: string, config: Json | string): Promise<void> {
  const usual = { listen: ['127.0.0.1:0'], drain: '0ms' };
  // JSON is YAML.
  await writeFile(file, typeof config === 'string' ? config : JSON.stringify({ ...usual, ...config }));
}

/** The lines that are JSON and whole; the rest is not for machines. */
function toLines(text: string): readonly Line[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}
