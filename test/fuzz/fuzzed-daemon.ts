import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { extraSecrets, TOKEN_CANARY } from './canaries.ts';
import { type CertificateFiles, makeCertificate } from '../fakes/make-certificate.ts';
import type { ListenerName, Mode } from './exchange.ts';
import type { Address } from './open-socket.ts';
import { AUDIENCE, ISSUER, keySet, SUBJECT } from './web-tokens.ts';

/** A built daemon with the quick start's secrets and some more, on three listeners. */
export interface FuzzedDaemon {
  readonly mode: Mode;
  readonly pid: number;
  readonly addresses: Readonly<Record<ListenerName, Address>>;
  isRunning(): boolean;
  /** Resident bytes; 0 where there is no /proc. */
  memory(): Promise<number>;
  /** Everything that it has written so far. */
  written(): Promise<Written>;
  /** SIGTERM. @returns the exit code; undefined when a signal ended it. */
  stop(): Promise<number | undefined>;
}

export interface Written {
  readonly stdout: string;
  readonly stderr: string;
  readonly audit: string;
}

const OPERATIONS = ['get', 'list', 'describe', 'resolve'];
const READY_WITHIN_MS = 10_000;
// Longer than the drain and any time-out that a connection may be left to; after it, the daemon hangs.
const STOPPED_WITHIN_MS = 15_000;

export interface FuzzedDaemonOptions {
  readonly root: string;
  /** Empty, with a short path: a unix socket goes there. */
  readonly directory: string;
  readonly mode: Mode;
}

export async function startFuzzedDaemon({ root, directory, mode }: FuzzedDaemonOptions): Promise<FuzzedDaemon> {
  const file = (name: string): string => join(directory, name);
  const quickStart = await readFile(join(root, 'examples/quickstart/secrets.yaml'), 'utf8');
  await writeFile(file('secrets.yaml'), quickStart + extraSecrets, { mode: 0o600 });
  const tls = mode === 'tls' ? await makeCertificate(directory, 'listener', 'DNS:localhost') : undefined;
  await writeFile(file('keyfob.yaml'), JSON.stringify(toConfig(file, mode, tls)));
  await writeFile(file('token'), `${TOKEN_CANARY}\n`, { mode: 0o600 });
  await writeFile(file('keys'), keySet);
  const [stdout, stderr] = [await open(file('stdout'), 'a'), await open(file('stderr'), 'a')];
  const args = [join(root, 'dist/keyfob.js'), 'serve', '--config', file('keyfob.yaml')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', stdout.fd, stderr.fd] });
  await Promise.all([stdout.close(), stderr.close()]);
  const read = (name: string): Promise<string> => readFile(file(name), 'latin1').catch(() => '');
  try {
    const [api, ops] = await ports(child, () => read('stderr'));
    const { pid = 0 } = child;
    return {
      mode,
      pid,
      addresses: {
        tcp: { host: '127.0.0.1', port: api, ...(tls !== undefined && { ca: await readFile(tls.cert, 'utf8') }) },
        unix: { path: file('k.sock') },
        ops: { host: '127.0.0.1', port: ops },
      },
      isRunning: () => child.exitCode === null && child.signalCode === null,
      memory: () => residentBytes(pid),
      written: async () => ({ stdout: await read('stdout'), stderr: await read('stderr'), audit: await read('audit') }),
      stop: () => stop(child),
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

const toConfig = (file: (name: string) => string, mode: Mode, tls?: CertificateFiles): object => ({
  listen: [
    tls === undefined ? '127.0.0.1:0' : { address: '127.0.0.1:0', tls },
    { address: `unix:${file('k.sock')}`, ...(mode === 'socket' && { caller: 'soak' }) },
  ],
  ops: { listen: ['127.0.0.1:0'] },
  drain: '0ms',
  providers: [{ name: 'files', type: 'local', path: file('secrets.yaml') }],
  // Short, so that the store is asked now and then.
  cache: { ttl: '500ms', negativeTtl: '500ms' },
  audit: { enabled: true, sink: file('audit') },
  ...toAccess(file, mode),
  // The level that tells most of what happens.
  log: { level: 'debug' },
});

function toAccess(file: (name: string) => string, mode: Mode): object {
  if (mode === 'open' || mode === 'tls') return {};
  const caller = { name: 'soak', operations: OPERATIONS, allow: ['**'], providers: ['files'] };
  if (mode !== 'jwt') return { access: { mode: 'token', callers: [{ ...caller, token: { file: file('token') } }] } };
  const jwt = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['EdDSA'], jwksFile: file('keys') };
  return { access: { mode, jwt, callers: [{ ...caller, subject: SUBJECT }] } };
}

async function ports(child: ChildProcess, stderr: () => Promise<string>): Promise<readonly [number, number]> {
  for (let waitedMs = 0; waitedMs < READY_WITHIN_MS; waitedMs += 20) {
    const line = /listening on [^;]*/.exec(await stderr())?.[0] ?? '';
    const [api, ops] = [...line.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
    if (api !== undefined && ops !== undefined) return [api, ops];
    if (child.exitCode !== null) break;
    await pause(20);
  }
  throw new Error(`the daemon did not start: ${await stderr()}`);
}

async function stop(child: ChildProcess): Promise<number | undefined> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOPPED_WITHIN_MS);
    await exited;
    clearTimeout(late);
  }
  return child.exitCode ?? undefined;
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1_024;
}
