import { toRequestBytes } from './capture.ts';
import { startDaemon } from './daemon.ts';
import { Latencies } from './latencies.ts';
import type { FigureRow } from './row.ts';
import { sample } from './sample.ts';
import { startSlowVault } from './slow-vault.ts';
import type { Stand } from './stand.ts';

// More than the cache may keep, so that no read finds what an earlier one left.
const PATHS = 200;
const settings = { cache: { maxEntries: 10 } };
const PER_SECOND = 200;

/** Reads that always have to ask the store, a Vault on loopback that answers at once. */
export async function measureCold({ generator, bundles: [bundle], options, ...place }: Stand): Promise<FigureRow> {
  const vault = await startSlowVault(0);
  try {
    const daemon = await startDaemon({ ...place, bundle, provider: vault.provider, settings });
    try {
      const requests = Array.from({ length: PATHS }, (_, at) =>
        toRequestBytes({ method: 'GET', path: `/v1/secrets/cold/${at}` }),
      );
      const job = { address: { port: daemon.port }, requests, connections: 16, expectedStatus: 200 };
      const durationMs = options.seconds * 4_000;
      await generator.run({ ...job, ...options.warmUp });
      const before = vault.reads();
      const flatOut = await sample(generator, daemon.pid, { ...job, durationMs });
      const readShare = (vault.reads() - before) / ((flatOut.perSecond * durationMs) / 1_000);
      const paced = await generator.run({ ...job, durationMs, perSecond: PER_SECOND });
      return toRow({ cpuMicros: flatOut.cpuMicros ?? NaN, perSecond: flatOut.perSecond, readShare }, [paced.latencies]);
    } finally {
      await daemon.stop();
    }
  } finally {
    await vault.close();
  }
}

function toRow(
  flatOut: { readonly cpuMicros: number; readonly perSecond: number; readonly readShare: number },
  counts: Parameters<typeof Latencies.of>[0],
): FigureRow {
  const latencies = Latencies.of(counts);
  const [p50Ms, p99Ms] = [latencies.percentile(0.5), latencies.percentile(0.99)];
  return {
    kind: 'figure',
    name: 'cold miss, Vault on loopback',
    budget: 'p50 < 100 ms, p99 < 500 ms; 100 a second',
    figure:
      `p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms at ${PER_SECOND} a second; ` +
      `flat out ${Math.round(flatOut.perSecond).toLocaleString('en')} a second at ${flatOut.cpuMicros.toFixed(0)} µs of CPU, ` +
      `${flatOut.readShare.toFixed(2)} reads of the store each`,
    values: { p50Ms, p99Ms, ...flatOut },
  };
}
