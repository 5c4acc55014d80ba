import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';

export interface ToolRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ToolInput {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Leads a process group of its own, so that it can be ended with all that it started. */
  readonly detached?: boolean;
}

/** Runs a program to its end, whatever its exit code. It is found on the path of a root login, too. */
export async function runTool(program: string, args: readonly string[], input?: ToolInput): Promise<ToolRun> {
  const child = spawnTool(program, args, input);
  const closed = once(child, 'close');
  const [stdout, stderr] = await Promise.all([buffer(child.stdout), buffer(child.stderr), closed]);
  return { code: child.exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** Starts a program; its end is the caller's affair. */
export function spawnTool(
  program: string,
  args: readonly string[],
  { input = '', env = {}, cwd, detached = false }: ToolInput = {},
): ChildProcessWithoutNullStreams {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  // The test runner gives its options to whatever is a Node.js at the moment when it is spawned; `env` is none.
  const command = ['-u', 'NODE_OPTIONS', program, ...args];
  const child = spawn('/usr/bin/env', command, { env: { ...plainEnvironment(), PATH: path, ...env }, cwd, detached });
  child.stdin.on('error', () => undefined).end(input);
  return child;
}

/** Without what the test runner puts into every child that is a Node.js. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:NODE_OPTIONS|NODE_V8_COVERAGE|TAP.*|_TAP.*)$/.test(name)),
  );
}

/**
 * Runs a program that has to succeed; gives its standard output.
 * @throws Error with all that it said
 */
export async function mustRun(program: string, args: readonly string[], input?: ToolInput): Promise<string> {
  const { code, stdout, stderr } = await runTool(program, args, input);
  if (code !== 0) throw new Error(`'${program} ${args[0] ?? ''}' ended with ${code}: ${stdout}${stderr}`);
  return stdout;
}
