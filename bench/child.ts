import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** A process of Node that was started, and has said that it is ready. */
export interface Child {
  readonly pid: number;
  readonly process: ChildProcess;
  /** What `ready` caught in its output. */
  readonly said: string;
  /** From the start to the line that said so. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

export interface ChildPlan {
  /** What goes before the command, as `taskset -c 0`. */
  readonly prefix: readonly string[];
  readonly args: readonly string[];
  /** Its first group is what is wanted of the output. */
  readonly ready: RegExp;
}

const READY_WITHIN_MS = 60_000;

/** Starts Node and waits for its line. @throws Error with its output when it ends before, or is not ready in a minute. */
export async function startChild({ prefix, args, ready }: ChildPlan): Promise<Child> {
  const [command = process.execPath, ...rest] = [...prefix, process.execPath, ...args];
  const startedMs = performance.now();
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  try {
    const said = await heard(child, ready);
    const { pid } = child;
    if (pid === undefined) throw new Error(`${args.join(' ')}: did not start`);
    return { pid, process: child, said, readyMs: performance.now() - startedMs, stop };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function heard(child: ChildProcess, ready: RegExp): Promise<string> {
  let output = '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const listen = (stream: Readable | null): void => {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      // Listened to until the end, so that the pipe never fills; kept only until it is ready.
      if (output.length < 65_536) output += chunk;
      const said = ready.exec(output)?.[1];
      if (said !== undefined) resolve(said);
    });
  };
  listen(child.stdout);
  listen(child.stderr);
  child.on('error', reject);
  child.on('exit', (code) => reject(new Error(`ended with ${code} before it was ready: ${output}`)));
  const timer = setTimeout(() => reject(new Error(`was not ready in time: ${output}`)), READY_WITHIN_MS);
  return promise.finally(() => clearTimeout(timer));
}
