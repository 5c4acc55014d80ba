import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { capture, toRequestBytes } from './capture.ts';
import { startDaemon } from './daemon.ts';
import { type Memory, memoryOf } from './process-figures.ts';
import type { Stand } from './ratio-row.ts';
import type { FigureRow } from './row.ts';
import { writeSecretsFile } from './secrets-file.ts';

const SLICES = 10;
const SETTLE_MS = 1_500;

/** Memory of a daemon that has served one secret, and of the same one after many cached reads. */
export async function measureMemory({ generator, pinning, directory, options }: Stand): Promise<readonly FigureRow[]> {
  const own = await mkdtemp(join(directory, 'memory-'));
  const daemon = await startDaemon({ pinning, directory: own, provider: await writeSecretsFile(own) });
  try {
    const ask = { method: 'GET', path: '/v1/secrets/value/10k' } as const;
    await capture(daemon.port, ask);
    await pause(SETTLE_MS);
    const idle = await memoryOf(daemon.pid);
    const job = { port: daemon.port, request: toRequestBytes(ask), connections: 16, expectedStatus: 200 };
    const after: Memory[] = [];
    for (let slice = 0; slice < SLICES; slice += 1) {
      const { errors } = await generator.run({ ...job, requests: options.memoryRequests / SLICES });
      if (errors > 0) throw new Error(`${errors} errors under load`);
      await daemon.trimAudit();
      after.push(await memoryOf(daemon.pid));
    }
    return [toIdleRow(idle), toLoadRow(after, options.memoryRequests)];
  } finally {
    await daemon.stop();
  }
}

const mib = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`;

const toIdleRow = ({ rss, anonymous }: Memory): FigureRow => ({
  kind: 'figure',
  name: 'idle memory',
  budget: '< 80 MB RSS',
  figure: `RSS ${mib(rss)}, of it anonymous ${mib(anonymous)}`,
  values: { rssBytes: rss, anonymousBytes: anonymous },
});

function toLoadRow(samples: readonly Memory[], requests: number): FigureRow {
  const [early, last] = [samples[1], samples.at(-1)];
  if (early === undefined || last === undefined) throw new TypeError('no samples');
  return {
    kind: 'figure',
    name: `memory after ${requests.toLocaleString('en')} requests of 10 KiB`,
    budget: 'no growth',
    figure:
      `RSS ${mib(last.rss)}, of it anonymous ${mib(last.anonymous)}; ` +
      `after a fifth of them ${mib(early.rss)} and ${mib(early.anonymous)}`,
    values: {
      requests,
      rssBytes: last.rss,
      anonymousBytes: last.anonymous,
      earlyRssBytes: early.rss,
      earlyAnonymousBytes: early.anonymous,
    },
  };
}
