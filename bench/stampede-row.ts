import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { toRequestBytes } from './capture.ts';
import { startDaemon } from './daemon.ts';
import type { Stand } from './ratio-row.ts';
import type { FigureRow } from './row.ts';
import { startSlowVault } from './slow-vault.ts';

const READERS = 1_000;
// Long enough for all readers to arrive before the answer does.
const UPSTREAM_MS = 500;

/** A thousand first reads of one secret at the same time: how often the store is asked. */
export async function measureStampede({ generator, pinning, directory }: Stand): Promise<FigureRow> {
  const vault = await startSlowVault(UPSTREAM_MS);
  try {
    const auth = { method: 'token', token: 'bench-token' };
    const provider = { name: 'vault', type: 'vault', address: vault.address, auth, revokeOnShutdown: false };
    const daemon = await startDaemon({ pinning, directory: await mkdtemp(join(directory, 'stampede-')), provider });
    try {
      const request = toRequestBytes({ method: 'GET', path: '/v1/secrets/cold' });
      const load = { port: daemon.port, request, connections: READERS, requests: READERS, expectedStatus: 200 };
      const { responses, errors, firstError, latencyMs } = await generator.run(load);
      if (errors > 0 || responses < READERS) throw new Error(`${errors} errors, the first: ${firstError ?? 'none'}`);
      return {
        kind: 'figure',
        name: 'stampede: 1,000 concurrent cold reads',
        budget: '1 upstream call',
        figure: `${vault.reads()} upstream; slowest reader ${latencyMs.max.toFixed(0)} ms (the store takes ${UPSTREAM_MS})`,
        values: { upstreamCalls: vault.reads(), slowestMs: latencyMs.max, upstreamMs: UPSTREAM_MS },
      };
    } finally {
      await daemon.stop();
    }
  } finally {
    await vault.close();
  }
}
