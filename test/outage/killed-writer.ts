import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import type { Random } from '../fuzz/random.ts';

export interface WriterOptions {
  /** Made by `bundleWriter`. */
  readonly program: string;
  readonly configFile: string;
  readonly env: Readonly<Record<string, string>>;
  /** What it reads. */
  readonly paths: readonly string[];
}

const MAX_LIFE_MS = 400;
// Killed while it starts, perhaps.
const EARLY_SHARE = 0.1;
const START_MS = 500;

/** Bundles the program of the writer: in one file it starts in a fraction of the time. */
export async function bundleWriter(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, 'cache-writer.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
}

/**
 * Starts a writer and kills it at a random moment.
 * @returns how many files it had written by then, and the lowest version that is in the last one.
 */
export async function writeUntilKilled(
  { program, configFile, env, paths }: WriterOptions,
  random: Random,
): Promise<{ last: number; files: number }> {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const command = ['-i', ...settings, process.execPath, program, configFile, ...paths];
  const child = spawn('/usr/bin/env', command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'close');
  const lines = linesOf(child);
  if (random.chance(EARLY_SHARE)) await sleep(random.next() * START_MS);
  else {
    await Promise.race([lines.first, exited]);
    await sleep(random.next() * MAX_LIFE_MS);
  }
  if (child.exitCode !== null) throw new Error('the writer ended by itself');
  child.kill('SIGKILL');
  await exited;
  return { last: Number(lines.all.at(-1) ?? 0), files: lines.all.length };
}

function linesOf(child: ChildProcess): { readonly all: readonly string[]; readonly first: Promise<void> } {
  if (child.stdout === null) throw new TypeError('the writer has no output');
  const all: string[] = [];
  const { promise: first, resolve } = Promise.withResolvers<void>();
  createInterface(child.stdout).on('line', (line) => {
    all.push(line);
    resolve();
  });
  return { all, first };
}
