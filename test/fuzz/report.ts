import type { CheckResult } from './checks.ts';
import type { FuzzResult } from './fuzz.ts';

/** The figures and the checks, for people. */
export function toReport({ figures, checks }: FuzzResult): string {
  const mib = figures.memory.map(({ bytes }) => Math.round(bytes / 1_048_576));
  return [
    `${figures.requests.toLocaleString('en')} requests on ${figures.connections.toLocaleString('en')} connections`,
    ...list('requests by listener', figures.byListener),
    ...list('requests by kind', figures.byKind),
    ...list('answers by status', figures.byStatus),
    ...list('refusals by code', figures.byCode),
    ...list('connections without an answer', figures.silent),
    `resident memory in MiB, from before to after: ${mib.join(' ')}`,
    'checks',
    ...checks.flatMap(checkLines),
  ].join('\n');
}

function list(title: string, counts: ReadonlyMap<string, number>): readonly string[] {
  const rows = [...counts].toSorted(([, a], [, b]) => b - a);
  return [title, ...rows.map(([name, count]) => `  ${count.toLocaleString('en').padStart(7)}  ${name}`)];
}

const checkLines = ({ name, failures, examples }: CheckResult): readonly string[] => [
  `  ${failures === 0 ? 'passed' : 'FAILED'}  ${name}${failures === 0 ? '' : ` (${failures} times)`}`,
  ...examples.map((example) => `    ${example}`),
];
