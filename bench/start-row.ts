import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { capture } from './capture.ts';
import { startDaemon } from './daemon.ts';
import { type FigureRow, median } from './row.ts';
import { writeFewSecrets } from './secrets-file.ts';
import { bundleName, type Stand } from './stand.ts';

/** From the start of the process to the first secret that was served: each bundle in turn. */
export async function measureStart({ bundles, options, ...place }: Stand): Promise<readonly FigureRow[]> {
  const provider = await writeFewSecrets(await mkdtemp(join(place.directory, 'start-')));
  const all = bundles.map((bundle) => ({ bundle, timesMs: [] as number[] }));
  for (let start = 0; start < options.starts; start += 1) {
    for (const { bundle, timesMs } of all) {
      const startedMs = performance.now();
      const daemon = await startDaemon({ ...place, bundle, provider });
      try {
        const { status } = await capture(daemon.port, { method: 'GET', path: '/v1/secrets/value/60' });
        if (status !== 200) throw new Error(`the first read was answered ${status}`);
        timesMs.push(performance.now() - startedMs);
      } finally {
        await daemon.stop();
      }
    }
  }
  return all.map(({ bundle, timesMs }, at) => toRow(bundleName('start to first secret served', bundle, at), timesMs));
}

function toRow(name: string, timesMs: readonly number[]): FigureRow {
  const [medianMs, bestMs] = [median(timesMs), Math.min(...timesMs)];
  return {
    kind: 'figure',
    name,
    budget: '< 400 ms',
    figure: `median ${medianMs.toFixed(0)} ms of ${timesMs.length}, best ${bestMs.toFixed(0)} ms`,
    values: { medianMs, bestMs, starts: timesMs.length },
  };
}
