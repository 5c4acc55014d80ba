import { execFileSync } from 'node:child_process';

/** The variables of these names that a POSIX shell reads from a `.env` file. */
export function readByShell(text: string, names: readonly string[]): Record<string, string> {
  const script = 'set -a; eval "$1"; shift; for name; do eval "printf \'%s\\\\0\' \\"\\$$name\\""; done';
  const printed = execFileSync('/bin/sh', ['-c', script, 'sh', text, ...names], { env: { HOME: '$HOME' } });
  const values = printed.toString().split('\0');
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
}
