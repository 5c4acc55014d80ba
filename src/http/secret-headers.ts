import type { CacheEntry, KeptHeaders, Representation } from '../cache/cache-entry.ts';
import type { ReadAnswer } from '../client/failover.ts';

/**
 * Names and values, turn by turn: what is said of a secret beside its body. Of a hit it stays true for up to a second,
 * and is kept for as long where it is asked for often.
 */
export function secretHeaders(answer: ReadAnswer, representation: Representation, nowMs: number): readonly string[] {
  const { entry, outcome } = answer;
  const { etag, headers: kept, saidAtMs = -Infinity } = representation;
  if (outcome !== 'hit') return write(answer, etag, nowMs);
  if (kept !== undefined && nowMs < kept.untilMs && kept.expiresAtMs === entry.expiresAtMs) return kept.list;
  const list = write(answer, etag, nowMs);
  if (nowMs - saidAtMs < OFTEN_MS) representation.headers = { list, ...validityOf(entry, nowMs) };
  representation.saidAtMs = nowMs;
  return list;
}

// To keep them for each of ten thousand secrets, read six times a second, costs more than to make them anew.
const OFTEN_MS = 100;

const write = ({ entry, outcome }: ReadAnswer, etag: string, nowMs: number): readonly string[] => [
  'etag',
  etag,
  'cache-control',
  'no-store',
  'age',
  `${ageSeconds(entry, nowMs)}`,
  'cache-status',
  cacheStatus(outcome, entry, nowMs),
];

const ageSeconds = ({ fetchedAtMs }: CacheEntry, nowMs: number): number =>
  Math.max(0, Math.trunc((nowMs - fetchedAtMs) / 1_000));

const ttlSeconds = ({ expiresAtMs }: CacheEntry, nowMs: number): number => Math.floor((expiresAtMs - nowMs) / 1_000);

/** RFC 9211. */
function cacheStatus(outcome: ReadAnswer['outcome'], entry: CacheEntry, nowMs: number): string {
  const ttl = ttlSeconds(entry, nowMs);
  if (outcome === 'hit') return `keyfob; hit; ttl=${Math.max(0, ttl)}`;
  return outcome === 'miss' ? `keyfob; fwd=miss; ttl=${ttl}` : `keyfob; fwd=stale; ttl=${ttl}; detail=stale-if-error`;
}

/** Until one of the two numbers is another. */
function validityOf(entry: CacheEntry, nowMs: number): Omit<KeptHeaders, 'list'> {
  const { fetchedAtMs, expiresAtMs } = entry;
  const nextAgeAtMs = fetchedAtMs + (ageSeconds(entry, nowMs) + 1) * 1_000;
  const nextTtlAtMs = expiresAtMs - ttlSeconds(entry, nowMs) * 1_000;
  return { expiresAtMs, untilMs: Math.min(nextAgeAtMs, nextTtlAtMs) };
}
