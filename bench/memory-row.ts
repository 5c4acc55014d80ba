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
// Beyond the first looks of the daemon at its own heap, which wait for a quiet moment.
const SETTLE_MS = 8_000;
// The daemon gives back what it does not need when nothing has been asked for so long.
const REST_MS = 11_000;
const CONNECTIONS = 16;

/** Memory of a daemon that has served one secret, and of the same one with a full cache and after many cached reads. */
export async function measureMemory(stand: Stand): Promise<readonly FigureRow[]> {
  const rows: FigureRow[] = [];
  for (const [at, bundle] of stand.bundles.entries()) {
    const { idle, filled, after, rest } = await measureBundle(stand, bundle);
    rows.push(toIdleRow(bundleName('idle memory', bundle, at), idle));
    const load = `memory with ${LARGE_ITEMS} entries of 10 KiB`;
    rows.push(toLoadRow(bundleName(load, bundle, at), { filled, after, rest }, stand.options.memoryRequests));
  }
  return rows;
}

interface Course {
  readonly idle: Memory;
  /** Each entry was read once. */
  readonly filled: Memory;
  readonly after: readonly Memory[];
  /** A while after the last request. */
  readonly rest: Memory;
}

async function measureBundle({ generator, options, ...place }: Stand, bundle: string): Promise<Course> {
  const own = await mkdtemp(join(place.directory, 'memory-'));
  const idle = await measureIdle(place, bundle);
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
    await pause(REST_MS);
    return { idle, filled, after, rest: await memoryOf(daemon.pid) };
  } finally {
    await daemon.stop();
  }
}

async function measureIdle(place: Pick<Stand, 'pinning' | 'directory'>, bundle: string) {
  const own = await mkdtemp(join(place.directory, 'idle-'));
  const daemon = await startDaemon({ ...place, bundle, provider: await writeFewSecrets(own) });
  try {
    await capture(daemon.port, { method: 'GET', path: '/v1/secrets/value/60' });
    await pause(SETTLE_MS);
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

function toLoadRow(name: string, { filled, after, rest }: Omit<Course, 'idle'>, requests: number): FigureRow {
  const [early, last] = [after[1], after.at(-1)];
  if (early === undefined || last === undefined) throw new TypeError('no samples');
  return {
    kind: 'figure',
    name,
    budget: '110 MB RSS flat, < 50 MB anonymous',
    figure:
      `${both(rest)} at rest after ${requests.toLocaleString('en')} requests; ` +
      `${pair(last)} under load, ${pair(early)} after a fifth of it, ${pair(filled)} when each was read once`,
    values: {
      requests,
      ...bytesOf('rest', rest),
      ...bytesOf('last', last),
      ...bytesOf('early', early),
      ...bytesOf('filled', filled),
    },
  };
}

const pair = ({ rss, anonymous }: Memory): string => `${mib(rss)} and ${mib(anonymous)}`;

const bytesOf = (when: string, { rss, anonymous }: Memory): Record<string, number> => ({
  [`${when}RssBytes`]: rss,
  [`${when}AnonymousBytes`]: anonymous,
});
