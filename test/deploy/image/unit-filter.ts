import { readFile } from 'node:fs/promises';
import { installSystemdAnalyze } from '../../../scripts/install-deploy-tools.ts';
import { mustRun } from '../run-tool.ts';
import { seccompArchitecture } from './seccomp-profile.ts';

const EPERM = 1;

/** The system calls that a unit leaves its service, as a filter in the terms of runc. */
export async function unitFilter(unit: string): Promise<object> {
  const lines = [...(await readFile(unit, 'utf8')).matchAll(/^SystemCallFilter=(~?)(.+)$/gm)];
  const expand = async (isDenial: boolean): Promise<ReadonlySet<string>> => {
    const sets = lines
      .filter(([, tilde]) => (tilde === '~') === isDenial)
      .flatMap(([, , names = '']) => names.split(' '));
    return new Set((await Promise.all(sets.map(callsOf))).flat());
  };
  // systemd itself adds what a program needs to begin.
  const allowed = (await expand(false)).union(new Set(await callsOf('@default')));
  const names = [...allowed.difference(await expand(true)).add('execve')];
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: EPERM,
    architectures: [seccompArchitecture],
    syscalls: [{ names, action: 'SCMP_ACT_ALLOW' }],
  };
}

/** A system call, or all of a set of systemd, which may hold sets. */
async function callsOf(name: string): Promise<readonly string[]> {
  if (!name.startsWith('@')) return [name];
  const text = await mustRun(await installSystemdAnalyze(), ['syscall-filter', name]);
  const members = text
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  return (await Promise.all(members.map(callsOf))).flat();
}
