import type { CacheEntry, Representation } from '../cache/cache-entry.ts';
import type { ReadAnswer } from '../client/failover.ts';

/** Names and values, turn by turn: what is said of a secret beside its body. */
export function secretHeaders(
  { entry, outcome }: ReadAnswer,
  { etag }: Representation,
  nowMs: number,
): readonly string[] {
  return [
    'etag',
    etag,
    'cache-control',
    'no-store',
    'age',
    wholeSeconds(nowMs - entry.fetchedAtMs),
    'cache-status',
    cacheStatus(outcome, entry, nowMs),
  ];
}

const wholeSeconds = (ms: number): string => `${Math.max(0, Math.trunc(ms / 1_000))}`;

/** RFC 9211. */
function cacheStatus(outcome: ReadAnswer['outcome'], entry: CacheEntry, nowMs: number): string {
  const ttl = Math.floor((entry.expiresAtMs - nowMs) / 1_000);
  if (outcome === 'hit') return `keyfob; hit; ttl=${Math.max(0, ttl)}`;
  return outcome === 'miss' ? `keyfob; fwd=miss; ttl=${ttl}` : `keyfob; fwd=stale; ttl=${ttl}; detail=stale-if-error`;
}
