import { mkdir, readFile, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const HIERARCHY = '/sys/fs/cgroup/memory';

/** What the memory of one process came to. */
export interface MemoryUse {
  /** The most that was charged to it, its share of the file cache included. */
  readonly peakBytes: number;
  /** How often the kernel ended a process for want of memory. */
  readonly kills: number;
}

/**
 * Makes a control group (version 1) below our own.
 * @throws Error where there is no such hierarchy that we may change
 */
export async function createMemoryGroup(name: string): Promise<string> {
  const group = join(await ownMemoryGroup(), name);
  await mkdir(group);
  return group;
}

/** Folder of the group that this process is in. */
export async function ownMemoryGroup(): Promise<string> {
  const own = /^\d+:memory:(.*)$/m.exec(await readFile('/proc/self/cgroup', 'utf8'))?.[1];
  if (own === undefined) throw new Error(`memory cannot be limited here: ${HIERARCHY} is not in use`);
  return join(HIERARCHY, own);
}

export async function memoryUse(group: string): Promise<MemoryUse> {
  const peak = await readFile(join(group, 'memory.max_usage_in_bytes'), 'utf8');
  const events = await readFile(join(group, 'memory.oom_control'), 'utf8');
  return { peakBytes: Number(peak), kills: Number(/^oom_kill (\d+)$/m.exec(events)?.[1]) };
}

/** The groups in a folder of groups. */
export async function groupsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}

/** Removes a folder of groups whose processes have ended, or are about to. */
export async function removeMemoryGroup(folder: string): Promise<void> {
  for (const group of [...(await groupsIn(folder)), folder]) await removeGroup(group);
}

async function removeGroup(group: string, attempts = 100): Promise<void> {
  try {
    await rmdir(group);
  } catch (error) {
    if (attempts === 0) throw error;
    await pause(50);
    await removeGroup(group, attempts - 1);
  }
}
