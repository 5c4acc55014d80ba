import { readdir, readFile } from 'node:fs/promises';

/** Memory of a process, in bytes. */
export interface Memory {
  readonly rss: number;
  /** The part that no other process shares and the kernel cannot drop (`RssAnon`). */
  readonly anonymous: number;
}

/**
 * CPU time of all threads of a process so far, user and kernel, in microseconds; undefined where there is no /proc.
 * From the scheduler (proc-schedstat: nanoseconds on a core), for `/proc/PID/stat` counts in hundredths of a second.
 */
export async function cpuMicros(pid: number): Promise<number | undefined> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => undefined);
  if (threads === undefined) return undefined;
  const stats = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0')),
  );
  return stats.reduce((sum, stat) => sum + Number.parseInt(stat, 10), 0) / 1_000;
}

/** @throws Error where there is no /proc. */
export async function memoryOf(pid: number): Promise<Memory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1_024;
  return { rss: bytes('VmRSS'), anonymous: bytes('RssAnon') };
}
