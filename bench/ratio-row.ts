import { startBare } from './bare.ts';
import { type Ask, toRequestBytes } from './capture.ts';
import { type BenchDaemon, startDaemon } from './daemon.ts';
import { Latencies } from './latencies.ts';
import type { LoadAddress, LoadJob } from './load.ts';
import { median, type RatioRow, type ServerFigures, spreadOf } from './row.ts';
import { sample, type Sample } from './sample.ts';
import type { Stand } from './stand.ts';

export interface RatioPlan {
  readonly name: string;
  readonly budget?: string;
  readonly ask: Ask;
  readonly expectedStatus?: number;
  readonly connections?: number;
  readonly isUnix?: boolean;
  readonly isReconnecting?: boolean;
  /** Requests a second when the latency is measured; far below what the server could do. */
  readonly perSecond?: number;
  /** Of a daemon of its own; else the one of the stand. */
  readonly settings?: object;
}

const CONNECTIONS = 16;
const PER_SECOND = 2_000;

/** A server that is loaded in each round. */
interface Loaded {
  readonly pid: number;
  readonly address: LoadAddress;
  readonly trim?: () => Promise<void>;
}

/** What one server did in all rounds. */
interface Series {
  readonly flatOut: readonly Sample[];
  readonly paced: readonly Sample[];
}

/** Loads the daemon, an older build of it where one is given, and a bare server that sends the same bytes, turn by turn. */
export async function measureRatio(stand: Stand, plan: RatioPlan): Promise<RatioRow> {
  const daemons = await daemonsOf(stand, plan);
  try {
    const bare = await startBare(stand, plan, daemons[0].port);
    try {
      const address = plan.isUnix === true ? { path: bare.socketPath } : { port: bare.port };
      const ours = daemons.map((daemon) => toLoaded(daemon, plan));
      return toRow(plan, await measureRounds(stand, plan, [...ours, { pid: bare.pid, address }]));
    } finally {
      await bare.stop();
    }
  } finally {
    if (plan.settings !== undefined) await Promise.all(daemons.map((daemon) => daemon.stop()));
  }
}

type Daemons = readonly [BenchDaemon, ...BenchDaemon[]];

async function daemonsOf({ daemons, bundles, ...place }: Stand, { settings }: RatioPlan): Promise<Daemons> {
  if (settings === undefined) return daemons;
  const [bundle, ...others] = bundles;
  const first = await startDaemon({ ...place, bundle, settings });
  // An older build may not know the settings.
  const older = others.map((other) => startDaemon({ ...place, bundle: other, settings }).catch(() => undefined));
  return [first, ...(await Promise.all(older)).filter((daemon) => daemon !== undefined)];
}

const toLoaded = (daemon: BenchDaemon, { isUnix }: RatioPlan): Loaded => ({
  pid: daemon.pid,
  address: isUnix === true ? { path: daemon.socketPath } : { port: daemon.port },
  trim: () => daemon.trimAudit(),
});

async function measureRounds(stand: Stand, plan: RatioPlan, servers: readonly Loaded[]): Promise<readonly Series[]> {
  const { ask, expectedStatus = 200, connections = CONNECTIONS, isReconnecting = false, perSecond = PER_SECOND } = plan;
  const { rounds, seconds, warmUp } = stand.options;
  const job = {
    requests: [toRequestBytes(ask)],
    connections,
    isReconnecting,
    expectedStatus,
    durationMs: seconds * 1_000,
  };
  const load = async ({ pid, address, trim }: Loaded, change: Partial<LoadJob>): Promise<Sample> => {
    const result = await sample(stand.generator, pid, { ...job, address, ...change });
    await trim?.();
    return result;
  };
  const all = servers.map((server) => ({ server, flatOut: [] as Sample[], paced: [] as Sample[] }));
  for (const { server } of all) await load(server, warmUp);
  for (let round = 0; round < rounds; round += 1) {
    for (const { server, flatOut } of all) flatOut.push(await load(server, {}));
    for (const { server, paced } of all) paced.push(await load(server, { perSecond }));
  }
  return all;
}

// Below it a server did not have its core to itself, and the round compares two different machines.
const UNDISTURBED_BUSY = 0.9;
const FEWEST_ROUNDS = 3;

/** Numbers of the rounds in which every server had its core; of all of them when those are too few. */
function undisturbed(all: readonly Series[]): readonly number[] {
  const numbers = [...(all[0]?.flatOut.keys() ?? [])];
  const good = numbers.filter((at) => all.every(({ flatOut }) => (flatOut[at]?.busy ?? 1) >= UNDISTURBED_BUSY));
  return good.length >= FEWEST_ROUNDS ? good : numbers;
}

function toRow({ name, budget = '' }: RatioPlan, all: readonly Series[]): RatioRow {
  const counted = undisturbed(all);
  const roundsOf = ({ flatOut }: Series): readonly Sample[] => counted.flatMap((at) => flatOut[at] ?? []);
  const [ours, theirs] = [all[0], all.at(-1)];
  if (ours === undefined || theirs === undefined) throw new TypeError('no servers');
  const [keyfob, bare] = [roundsOf(ours), roundsOf(theirs)];
  const before = all.length > 2 ? all[1] : undefined;
  const ratios = (samples: readonly Sample[], of: (bare: Sample, sample: Sample) => number) =>
    spreadOf(samples.flatMap((one, at) => (bare[at] === undefined ? [] : [of(bare[at], one)])));
  const cpuRatio = (bareOne: Sample, one: Sample): number => (bareOne.cpuMicros ?? NaN) / (one.cpuMicros ?? NaN);
  return {
    kind: 'ratio',
    name,
    budget,
    rounds: counted.length,
    throughput: ratios(keyfob, (bareOne, one) => one.perSecond / bareOne.perSecond),
    ...(keyfob[0]?.cpuMicros !== undefined && { cpu: ratios(keyfob, cpuRatio) }),
    ...(before !== undefined && { cpuBefore: ratios(roundsOf(before), cpuRatio), before: toFigures(before, counted) }),
    keyfob: toFigures(ours, counted),
    bare: toFigures(theirs, counted),
  };
}

function toFigures({ flatOut, paced }: Series, counted: readonly number[]): ServerFigures {
  const samples = counted.flatMap((at) => flatOut[at] ?? []);
  const cpu = samples.flatMap(({ cpuMicros }) => (cpuMicros === undefined ? [] : [cpuMicros]));
  const latencies = Latencies.of(paced.map((one) => one.latencies));
  const [p50Ms = 0, p99Ms = 0, p999Ms = 0] = [0.5, 0.99, 0.999].map((share) => latencies.percentile(share));
  return {
    perSecond: median(samples.map(({ perSecond }) => perSecond)),
    ...(cpu.length > 0 && { cpuMicros: median(cpu), busy: median(samples.map(({ busy = 0 }) => busy)) }),
    p50Ms,
    p99Ms,
    p999Ms,
  };
}
