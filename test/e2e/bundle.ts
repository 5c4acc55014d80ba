import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const BUNDLE = fileURLToPath(new URL('../../dist/keyfob.js', import.meta.url));
const other = process.env['KEYFOB_PROGRAM'];

/** The program and its first arguments: the bundle, or what KEYFOB_PROGRAM names, such as the executable of the image. */
export const program: readonly string[] = other === undefined ? [process.execPath, BUNDLE] : [other];

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Starts the built program as a user does. Its environment is empty but for what is given, so that neither the
 * developer's settings come in nor the test runner, which puts its loader and its coverage into every child process:
 * `env` takes that out again, and becomes the program.
 */
export function spawnBundle(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const command = ['-i', ...settings, ...program, ...args];
  return spawn('/usr/bin/env', command, { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs the built program to its end. */
export async function runBundle(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const child = spawnBundle(args, env);
  if (child.stdout === null || child.stderr === null) throw new TypeError('the program has no output');
  const [stdout, stderr] = await Promise.all([buffer(child.stdout), buffer(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}
