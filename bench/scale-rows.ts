import { toRequestBytes } from './capture.ts';
import type { LoadJob } from './load.ts';
import { type FigureRow, median } from './row.ts';
import { sample } from './sample.ts';
import { ITEMS } from './secrets-file.ts';
import type { Stand } from './stand.ts';

const CONNECTIONS = 16;
const MANY_CONNECTIONS = 1_000;

/** What a cached read costs when there is much of something, turn by turn with little of it. */
export async function measureScale({ generator, daemons: [daemon], options }: Stand): Promise<readonly FigureRow[]> {
  const read = (at: number): string => toRequestBytes({ method: 'GET', path: `/v1/secrets/item/${at}` });
  const few = { requests: [read(0)], connections: CONNECTIONS };
  const plans = [
    few,
    { ...few, requests: Array.from({ length: ITEMS }, (_, at) => read(at)) },
    { ...few, connections: MANY_CONNECTIONS },
  ];
  const base: Omit<LoadJob, keyof typeof few> = { address: { port: daemon.port }, expectedStatus: 200 };
  // Each secret is read once, and each URL becomes known.
  for (const plan of plans) await sample(generator, daemon.pid, { ...base, ...plan, count: plan.requests.length * 2 });
  const costs = plans.map(() => new Array<number>());
  for (let round = 0; round < options.rounds; round += 1) {
    for (const [at, plan] of plans.entries()) {
      const { cpuMicros } = await sample(generator, daemon.pid, {
        ...base,
        ...plan,
        durationMs: options.seconds * 1_000,
      });
      costs[at]?.push(cpuMicros ?? NaN);
      await daemon.trimAudit();
    }
  }
  const [one = [], entries = [], connections = []] = costs;
  return [
    toRow(`${ITEMS.toLocaleString('en')} entries instead of one`, one, entries),
    toRow(`${MANY_CONNECTIONS.toLocaleString('en')} connections instead of ${CONNECTIONS}`, one, connections),
  ];
}

function toRow(name: string, few: readonly number[], many: readonly number[]): FigureRow {
  const growth = median(many.map((cost, at) => cost / (few[at] ?? NaN))) - 1;
  const [fewMicros, manyMicros] = [median(few), median(many)];
  return {
    kind: 'figure',
    name: `CPU of a cached read, ${name}`,
    budget: '< 10 % more',
    figure: `${growth < 0 ? '' : '+'}${(growth * 100).toFixed(0)} %: ${manyMicros.toFixed(1)} µs, before ${fewMicros.toFixed(1)} µs`,
    values: { growth, fewMicros, manyMicros },
  };
}
