import { toRequestBytes } from './capture.ts';
import { startDaemon } from './daemon.ts';
import { Latencies } from './latencies.ts';
import type { FigureRow } from './row.ts';
import { startSlowVault } from './slow-vault.ts';
import type { Stand } from './stand.ts';

const READERS = 1_000;
// Long enough for all readers to arrive before the answer does.
const UPSTREAM_MS = 500;

/** A thousand first reads of one secret at the same time: how often the store is asked. */
export async function measureStampede({ generator, bundles: [bundle], ...place }: Stand): Promise<FigureRow> {
  const vault = await startSlowVault(UPSTREAM_MS);
  try {
    const daemon = await startDaemon({ ...place, bundle, provider: vault.provider });
    try {
      const requests = [toRequestBytes({ method: 'GET', path: '/v1/secrets/cold' })];
      const load = { address: { port: daemon.port }, requests, connections: READERS, count: READERS };
      const { responses, errors, firstError, latencies } = await generator.run({ ...load, expectedStatus: 200 });
      if (errors > 0 || responses < READERS) throw new Error(`${errors} errors, the first: ${firstError ?? 'none'}`);
      if (vault.reads() === 0) throw new Error('the store was never asked');
      const slowestMs = Latencies.of([latencies]).percentile(1);
      return {
        kind: 'figure',
        name: 'stampede: 1,000 concurrent cold reads',
        budget: '1 upstream call',
        figure: `${vault.reads()} upstream; slowest reader ${slowestMs.toFixed(0)} ms (the store takes ${UPSTREAM_MS})`,
        values: { upstreamCalls: vault.reads(), slowestMs, upstreamMs: UPSTREAM_MS },
      };
    } finally {
      await daemon.stop();
    }
  } finally {
    await vault.close();
  }
}
