import { readFile } from 'node:fs/promises';

/** Memory of a process, in bytes. */
export interface Memory {
  readonly rss: number;
  /** The part that no other process shares and the kernel cannot drop (`RssAnon`). */
  readonly anonymous: number;
}

// USER_HZ: proc(5) counts in hundredths of a second on every architecture that Node runs on.
const TICK_MICROS = 10_000;

/** CPU time of all threads of a process so far, user and kernel, in microseconds; undefined where there is no /proc. */
export async function cpuMicros(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The command's name, in parentheses, may hold spaces; utime and stime are the 12th and 13th fields after it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined) return undefined;
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
}

/** @throws Error where there is no /proc. */
export async function memoryOf(pid: number): Promise<Memory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1_024;
  return { rss: bytes('VmRSS'), anonymous: bytes('RssAnon') };
}
