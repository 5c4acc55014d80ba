import { type SecretIdentity, toIdentity } from '../../src/cache/cache-key.ts';
import { SecretCache, type SecretCacheOptions } from '../../src/cache/secret-cache.ts';
import type { Selector } from '../../src/core/selector.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

export interface CacheRig {
  readonly cache: SecretCache;
  readonly clock: FakeClock;
  /** What was evicted, as `provider reason`. */
  readonly evictions: string[];
}

/** A cache with the default settings and no jitter. */
export function createCacheRig(options: Partial<SecretCacheOptions> = {}): CacheRig {
  const clock = new FakeClock();
  const evictions: string[] = [];
  const cache = new SecretCache({
    clock,
    random: () => 0.5,
    negativeTtlMs: 30_000,
    maxEntries: 1_000,
    maxBytes: 64 * 1_024 ** 2,
    staleFallback: true,
    maxStaleMs: 86_400_000,
    onEvict: (provider, reason) => evictions.push(`${provider} ${reason}`),
    ...options,
  });
  return { cache, clock, evictions };
}

export const identity = (path: string, selector: Selector = {}, provider = 'files'): SecretIdentity =>
  toIdentity({ provider, scope: {} }, path, { id: path, selector });
