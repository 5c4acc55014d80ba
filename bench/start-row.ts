import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { capture } from './capture.ts';
import { startDaemon } from './daemon.ts';
import type { Stand } from './ratio-row.ts';
import { type FigureRow, median } from './row.ts';
import { writeSecretsFile } from './secrets-file.ts';

/** From the start of the process to the first secret that was served. */
export async function measureStart({ pinning, directory, options }: Stand): Promise<FigureRow> {
  const own = await mkdtemp(join(directory, 'start-'));
  const provider = await writeSecretsFile(own);
  const timesMs: number[] = [];
  for (let start = 0; start < options.starts; start += 1) {
    const startedMs = performance.now();
    const daemon = await startDaemon({ pinning, directory: own, provider });
    try {
      const { status } = await capture(daemon.port, { method: 'GET', path: '/v1/secrets/value/60' });
      if (status !== 200) throw new Error(`the first read was answered ${status}`);
      timesMs.push(performance.now() - startedMs);
    } finally {
      await daemon.stop();
    }
  }
  const [medianMs, bestMs] = [median(timesMs), Math.min(...timesMs)];
  return {
    kind: 'figure',
    name: 'start to first secret served',
    budget: '< 400 ms',
    figure: `median ${medianMs.toFixed(0)} ms of ${timesMs.length}, best ${bestMs.toFixed(0)} ms`,
    values: { medianMs, bestMs, starts: timesMs.length },
  };
}
