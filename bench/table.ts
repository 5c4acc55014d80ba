import type { FigureRow, RatioRow, Row, ServerFigures, Spread } from './row.ts';

/** The rows as two tables in Markdown, the ratios first. */
export function toTables(rows: readonly Row[]): string {
  const ratios = rows.filter((row) => row.kind === 'ratio');
  const figures = rows.filter((row) => row.kind === 'figure');
  const failed = rows.filter((row) => row.kind === 'failed');
  const parts = [
    toTable(
      [
        'against bare node:http',
        'budget',
        'CPU',
        'CPU before',
        'throughput',
        'CPU µs',
        'busy %',
        'requests/s',
        'p50 / p99 / p99.9 ms',
        'rounds',
      ],
      ratios.map(ratioCells),
    ),
    toTable(['by itself', 'budget', 'measured'], figures.map(figureCells)),
    ...failed.map(({ name, reason }) => `not measured: ${name}: ${reason}`),
  ];
  return parts.join('\n\n');
}

const spread = ({ best, median }: Spread): string => `${median.toFixed(2)} (${best.toFixed(2)})`;

const ratioCells = ({
  name,
  budget,
  rounds,
  cpu,
  cpuBefore,
  throughput,
  keyfob,
  bare,
}: RatioRow): readonly string[] => [
  name,
  budget,
  cpu === undefined ? 'no /proc' : spread(cpu),
  cpuBefore === undefined ? '' : spread(cpuBefore),
  spread(throughput),
  both(keyfob, bare, ({ cpuMicros }) => (cpuMicros === undefined ? '-' : cpuMicros.toFixed(1))),
  both(keyfob, bare, ({ busy }) => (busy === undefined ? '-' : (busy * 100).toFixed(0))),
  both(keyfob, bare, ({ perSecond }) => Math.round(perSecond).toLocaleString('en')),
  both(keyfob, bare, ({ p50Ms, p99Ms, p999Ms }) => [p50Ms, p99Ms, p999Ms].map((ms) => ms.toFixed(2)).join(' / ')),
  String(rounds),
];

const both = (keyfob: ServerFigures, bare: ServerFigures, show: (figures: ServerFigures) => string): string =>
  `${show(keyfob)} : ${show(bare)}`;

const figureCells = ({ name, budget, figure }: FigureRow): readonly string[] => [name, budget, figure];

function toTable(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(title.length, ...body.map((cells) => cells[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
