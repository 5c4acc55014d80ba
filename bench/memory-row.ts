import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { capture, toRequestBytes } from './capture.ts';
import { startDaemon } from './daemon.ts';
import { type Memory, memoryOf } from './process-figures.ts';
import type { FigureRow } from './row.ts';
import { LARGE_ITEMS, writeFewSecrets, writeLargeSecrets } from './secrets-file.ts';
import { bundleName, type Stand } from './stand.ts';

const SLICES = 10;
const SETTLE_MS = 1_500;
const SETTLE_QUICK_MS = 300;
const CONNECTIONS = 16;

/** Memory of a daemon that has served one secret, and of the same one with a full cache and after many cached reads. */
export async function measureMemory(stand: Stand): Promise<readonly FigureRow[]> {
  const rows: FigureRow[] = [];
  for (const [at, bundle] of stand.bundles.entries()) {
    const { idle, filled, after } = await measureBundle(stand, bundle);
    rows.push(toIdleRow(bundleName('idle memory', bundle, at), idle));
    const load = `memory with ${LARGE_ITEMS} entries of 10 KiB`;
    rows.push(toLoadRow(bundleName(load, bundle, at), [filled, ...after], stand.options.memoryRequests));
  }
  return rows;
}

interface Course {
  readonly idle: Memory;
  /** Each entry was read once. */
  readonly filled: Memory;
  readonly after: readonly Memory[];
}

async function measureBundle({ generator, options, ...place }: Stand, bundle: string): Promise<Course> {
  const own = await mkdtemp(join(place.directory, 'memory-'));
  const settleMs = options.isQuick ? SETTLE_QUICK_MS : SETTLE_MS;
  const idle = await measureIdle(place, bundle, settleMs);
  // With the defaults of the cache, as in a pod.
  const plan = { ...place, bundle, provider: await writeLargeSecrets(own), settings: { cache: { ttl: '1h' } } };
  const daemon = await startDaemon(plan);
  try {
    const ask = (at: number): string => toRequestBytes({ method: 'GET', path: `/v1/secrets/large/${at}` });
    const requests = Array.from({ length: LARGE_ITEMS }, (_, at) => ask(at));
    const job = { address: { port: daemon.port }, requests, connections: CONNECTIONS, expectedStatus: 200 };
    const send = async (count: number): Promise<Memory> => {
      const { errors } = await generator.run({ ...job, count });
      if (errors > 0) throw new Error(`${errors} errors under load`);
      await daemon.trimAudit();
      return memoryOf(daemon.pid);
    };
    const filled = await send(LARGE_ITEMS);
    const after: Memory[] = [];
    for (let slice = 0; slice < SLICES; slice += 1) after.push(await send(options.memoryRequests / SLICES));
    return { idle, filled, after };
  } finally {
    await daemon.stop();
  }
}

async function measureIdle(place: Pick<Stand, 'pinning' | 'directory'>, bundle: string, settleMs: number) {
  const own = await mkdtemp(join(place.directory, 'idle-'));
  const daemon = await startDaemon({ ...place, bundle, provider: await writeFewSecrets(own) });
  try {
    await capture(daemon.port, { method: 'GET', path: '/v1/secrets/value/60' });
    await pause(settleMs);
    return await memoryOf(daemon.pid);
  } finally {
    await daemon.stop();
  }
}

const mib = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`;
const both = ({ rss, anonymous }: Memory): string => `RSS ${mib(rss)}, of it anonymous ${mib(anonymous)}`;

const toIdleRow = (name: string, memory: Memory): FigureRow => ({
  kind: 'figure',
  name,
  budget: '< 80 MB RSS, < 35 MB anonymous',
  figure: both(memory),
  values: { rssBytes: memory.rss, anonymousBytes: memory.anonymous },
});

function toLoadRow(name: string, samples: readonly Memory[], requests: number): FigureRow {
  const [filled, early, last] = [samples[0], samples[2], samples.at(-1)];
  if (filled === undefined || early === undefined || last === undefined) throw new TypeError('no samples');
  return {
    kind: 'figure',
    name,
    budget: '110 MB RSS flat, < 50 MB anonymous',
    figure:
      `${both(last)} after ${requests.toLocaleString('en')} requests; ` +
      `${mib(early.rss)} and ${mib(early.anonymous)} after a fifth of them; ` +
      `${mib(filled.rss)} and ${mib(filled.anonymous)} when each was read once`,
    values: {
      requests,
      rssBytes: last.rss,
      anonymousBytes: last.anonymous,
      earlyRssBytes: early.rss,
      earlyAnonymousBytes: early.anonymous,
      filledRssBytes: filled.rss,
      filledAnonymousBytes: filled.anonymous,
    },
  };
}
