import { spawnSync } from 'node:child_process';

/** What goes before a command to keep it on its core; empty when it cannot be kept there. */
export interface Pinning {
  readonly server: readonly string[];
  readonly load: readonly string[];
  readonly note: string;
}

/** Servers on core 0, the load on core 1, so that neither takes time from the other. */
export function findPinning(): Pinning {
  const canPin = ['0', '1'].every((core) => spawnSync('taskset', ['-c', core, 'true']).status === 0);
  if (!canPin) return { server: [], load: [], note: 'not pinned: taskset or a second core is missing' };
  return {
    server: ['taskset', '-c', '0'],
    load: ['taskset', '-c', '1'],
    note: 'servers on core 0, load generator on core 1',
  };
}
