import { toRequestBytes } from './capture.ts';
import { type BenchDaemon, startDaemon } from './daemon.ts';
import type { Generator } from './generator.ts';
import { Latencies } from './latencies.ts';
import type { LatencyCounts, LoadJob } from './load.ts';
import { resolveAsk } from './request-rows.ts';
import type { FigureRow } from './row.ts';
import { startSlowVault } from './slow-vault.ts';
import type { Stand } from './stand.ts';

const PER_SECOND = 1_000;
const CONNECTIONS = 16;
const EXPIRING = 20;
const UPSTREAM_MS = 20;
const WARM_UP_MS = 300;

/** What cached reads wait at a fixed rate when something else happens, turn by turn with nothing happening. */
export async function measureTails(stand: Stand): Promise<readonly FigureRow[]> {
  return [await measureExpiry(stand), ...(await measureDisturbances(stand))];
}

/** Twenty values that end every second or two, refreshed from a store that takes its time; and the same that stay. */
async function measureExpiry({ generator, bundles: [bundle], options, ...place }: Stand): Promise<FigureRow> {
  const vault = await startSlowVault(UPSTREAM_MS);
  const start = (ttl: string): Promise<BenchDaemon> =>
    startDaemon({ ...place, bundle, provider: vault.provider, settings: { cache: { ttl } } });
  try {
    const daemons = [await start('1h'), await start('2s')];
    try {
      const paths = Array.from({ length: EXPIRING }, (_, at) => `/v1/secrets/expiring/${at}`);
      const requests = paths.map((path) => toRequestBytes({ method: 'GET', path }));
      const seen = daemons.map(() => new Array<LatencyCounts>());
      for (let round = -1; round < options.rounds; round += 1) {
        for (const [at, daemon] of daemons.entries()) {
          // In the first round nothing is cached, and what nobody read while the other was loaded has ended.
          await paced(generator, daemon, { requests, durationMs: WARM_UP_MS });
          const latencies = await paced(generator, daemon, { requests, durationMs: options.seconds * 4_000 });
          if (round >= 0) seen[at]?.push(latencies);
        }
      }
      return toExpiryRow(seen.map((counts) => Latencies.of(counts)));
    } finally {
      await Promise.all(daemons.map((daemon) => daemon.stop()));
    }
  } finally {
    await vault.close();
  }
}

async function paced(
  generator: Generator,
  { port }: BenchDaemon,
  job: Pick<LoadJob, 'requests' | 'durationMs'> & Partial<Pick<LoadJob, 'connections' | 'perSecond'>>,
) {
  const load = { address: { port }, connections: CONNECTIONS, expectedStatus: 200, perSecond: PER_SECOND, ...job };
  const { errors, firstError, latencies } = await generator.run(load);
  if (errors > 0) throw new Error(`${errors} errors, the first: ${firstError ?? 'unknown'}`);
  return latencies;
}

function toExpiryRow([steady, expiring]: readonly Latencies[]): FigureRow {
  const [steadyMs, expiringMs] = [steady?.percentile(0.999) ?? NaN, expiring?.percentile(0.999) ?? NaN];
  return {
    kind: 'figure',
    name: `p99.9 while ${EXPIRING} values end every 2 s`,
    budget: '≤ 1.5 × steady',
    figure: `${(expiringMs / steadyMs).toFixed(2)} ×: ${expiringMs.toFixed(2)} ms, steady ${steadyMs.toFixed(2)} ms`,
    values: { steadyMs, expiringMs, ratio: expiringMs / steadyMs },
  };
}

/** Requests that are much work, so often a second. */
const disturbances = [
  { name: 'nothing', ask: undefined, perSecond: 0 },
  { name: 'a secret of 1 MiB', ask: { method: 'GET', path: '/v1/secrets/value/1m' }, perSecond: 20 },
  { name: 'a resolve of 10,000 references', ask: resolveAsk(10_000), perSecond: 2 },
  {
    name: 'a list of 1,000 of 10,000 names',
    ask: { method: 'GET', path: '/v1/secrets?prefix=item/&limit=1000' },
    perSecond: 5,
  },
] as const;

/** One generator sends both: two of them would take turns on one core, and the latencies would be theirs. */
async function measureDisturbances({ generator, daemons: [daemon], options }: Stand) {
  const requests = [toRequestBytes({ method: 'GET', path: '/v1/secrets/value/60' })];
  const seen = disturbances.map(() => new Array<LatencyCounts>());
  const durationMs = options.seconds * 4_000;
  // In the first round nothing is cached or compiled.
  for (let round = -1; round < options.rounds; round += 1) {
    for (const [at, { ask, perSecond }] of disturbances.entries()) {
      const [latencies] = await Promise.all([
        paced(generator, daemon, { requests, durationMs }),
        ask && paced(generator, daemon, { requests: [toRequestBytes(ask)], durationMs, perSecond, connections: 4 }),
      ]);
      if (round >= 0) seen[at]?.push(latencies);
    }
  }
  return disturbances.map(({ name, perSecond }, at) => toDisturbedRow(name, perSecond, Latencies.of(seen[at] ?? [])));
}

function toDisturbedRow(name: string, perSecond: number, latencies: Latencies): FigureRow {
  const [p99Ms = NaN, p999Ms = NaN] = [0.99, 0.999].map((share) => latencies.percentile(share));
  return {
    kind: 'figure',
    name: perSecond === 0 ? 'cached reads by themselves' : `cached reads beside ${name}, ${perSecond} a second`,
    budget: 'p99 < 5 ms',
    figure: `p99 ${p99Ms.toFixed(2)} ms, p99.9 ${p999Ms.toFixed(2)} ms`,
    values: { p99Ms, p999Ms, disturbancesPerSecond: perSecond },
  };
}
