import { startBare } from './bare.ts';
import { type Ask, toRequestBytes } from './capture.ts';
import { startDaemon } from './daemon.ts';
import type { LoadJob } from './load.ts';
import { type FigureRow, median } from './row.ts';
import { sample } from './sample.ts';
import { ITEMS } from './secrets-file.ts';
import type { Stand } from './stand.ts';

const CONNECTIONS = 16;
const MANY_CONNECTIONS = 1_000;
const CALLERS = 200;

const read = (at: number): Ask => ({ method: 'GET', path: `/v1/secrets/item/${at}` });

/** A server, and the load that it is put under. */
interface Loaded {
  readonly pid: number;
  readonly job: Pick<LoadJob, 'address' | 'requests' | 'connections' | 'isFaithful'>;
  readonly trim: () => Promise<void>;
}

/** What a cached read costs when there is much of something, turn by turn with little of it. */
export async function measureScale(stand: Stand): Promise<readonly FigureRow[]> {
  return [...(await measureMuch(stand)), await measureCallers(stand)];
}

/** Many entries, and many connections; the latter of the bare server as well, since most of their cost is Node's. */
async function measureMuch(stand: Stand): Promise<readonly FigureRow[]> {
  const [daemon] = stand.daemons;
  const bare = await startBare(stand, { ask: read(0) }, daemon.port);
  try {
    const [one, all] = [[toRequestBytes(read(0))], Array.from({ length: ITEMS }, (_, at) => toRequestBytes(read(at)))];
    const ours = (requests: readonly string[], connections: number): Loaded => ({
      pid: daemon.pid,
      job: { address: { port: daemon.port }, requests, connections },
      trim: () => daemon.trimAudit(),
    });
    const theirs = (connections: number): Loaded => ({
      pid: bare.pid,
      job: { address: { port: bare.port }, requests: one, connections },
      trim: async () => undefined,
    });
    const [few = [], entries = [], many = [], bareFew, bareMany] = await costs(stand, [
      ours(one, CONNECTIONS),
      ours(all, CONNECTIONS),
      ours(one, MANY_CONNECTIONS),
      theirs(CONNECTIONS),
      theirs(MANY_CONNECTIONS),
    ]);
    const bareGrowth = `the bare server ${percent(growthOf(bareFew, bareMany))}`;
    return [
      toRow(`${ITEMS.toLocaleString('en')} entries instead of one`, [few, entries]),
      toRow(`${MANY_CONNECTIONS.toLocaleString('en')} connections instead of ${CONNECTIONS}`, [few, many], bareGrowth),
    ];
  } finally {
    await bare.stop();
  }
}

/** Each caller on a connection of its own; beside it as many connections of one of them. */
async function measureCallers(stand: Stand): Promise<FigureRow> {
  const [bundle] = stand.bundles;
  const names = Array.from({ length: CALLERS }, (_, at) => `caller-${at}-with-a-token-of-its-own`);
  const callers = names.map((name) => ({ name, token: name, operations: ['get'], allow: ['item/*'] }));
  const daemon = await startDaemon({ ...stand, bundle, settings: { access: { mode: 'token', callers } } });
  try {
    const requests = names.map((name) => toRequestBytes({ ...read(0), headers: { Authorization: `Bearer ${name}` } }));
    const loaded = (asked: readonly string[]): Loaded => ({
      pid: daemon.pid,
      job: { address: { port: daemon.port }, requests: asked, connections: CALLERS, isFaithful: true },
      trim: () => daemon.trimAudit(),
    });
    const both = await costs(stand, [loaded(requests.slice(0, 1)), loaded(requests)]);
    return toRow(`${CALLERS} callers instead of one, on ${CALLERS} connections`, both);
  } finally {
    await daemon.stop();
  }
}

type Costs = readonly number[];

/** CPU time of a request in each round, in microseconds, turn by turn. */
async function costs({ generator, options }: Stand, loads: readonly Loaded[]): Promise<readonly Costs[]> {
  const all = loads.map((loaded) => ({ ...loaded, costs: new Array<number>() }));
  // Each secret is read once, and each URL becomes known.
  for (const { pid, job } of all)
    await sample(generator, pid, { ...job, expectedStatus: 200, count: 2 * Math.max(job.requests.length, 1_000) });
  for (let round = 0; round < options.rounds; round += 1) {
    for (const { pid, job, trim, costs: own } of all) {
      const durationMs = options.seconds * 1_000;
      const { cpuMicros } = await sample(generator, pid, { ...job, expectedStatus: 200, durationMs });
      own.push(cpuMicros ?? NaN);
      await trim();
    }
  }
  return all.map(({ costs: own }) => own);
}

const growthOf = (few: Costs = [], many: Costs = []): number =>
  median(many.map((cost, at) => cost / (few[at] ?? NaN))) - 1;

const percent = (growth: number): string => `${growth < 0 ? '' : '+'}${(growth * 100).toFixed(0)} %`;

function toRow(name: string, [few = [], many = []]: readonly Costs[], remark?: string): FigureRow {
  const growth = growthOf(few, many);
  const [fewMicros, manyMicros] = [median(few), median(many)];
  const figure = `${percent(growth)}: ${manyMicros.toFixed(1)} µs, before ${fewMicros.toFixed(1)} µs`;
  return {
    kind: 'figure',
    name: `CPU of a cached read, ${name}`,
    budget: '< 10 % more',
    figure: remark === undefined ? figure : `${figure}; ${remark}`,
    values: { growth, fewMicros, manyMicros },
  };
}
