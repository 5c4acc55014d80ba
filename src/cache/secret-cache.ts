import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import { AccessError } from '../core/errors/access-error.ts';
import type { Secret } from '../core/secret.ts';
import { CacheEntry, type Representation } from './cache-entry.ts';
import type { SecretIdentity } from './cache-key.ts';
import { NegativeCache, type StoreRefusal } from './negative-cache.ts';

export type EvictionReason = 'space' | 'invalidated' | 'refused' | 'changed';

export interface SecretCacheOptions {
  readonly clock: Clock;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
  readonly negativeTtlMs: number;
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly staleFallback: boolean;
  readonly maxStaleMs: number;
  readonly onEvict: (provider: string, reason: EvictionReason) => void;
}

/** Counts for `/v1/status` and the metrics. */
export interface CacheStats {
  readonly entries: number;
  readonly bytes: number;
  readonly negativeEntries: number;
  readonly entriesByProvider: ReadonlyMap<string, number>;
}

// A refusal by the store is asked again sooner than a missing secret: policies are corrected while somebody waits.
const REFUSED_TTL_MS = 5_000;
// Pods that started together must not refresh together: ±10 % (design §5).
const JITTER = 0.1;

/** Values by identity, bounded in number and bytes; what a failed or refused refresh means for them (design §5). */
export class SecretCache {
  readonly #options: SecretCacheOptions;
  readonly #negative: NegativeCache;
  readonly #entries: LRUCache<string, CacheEntry>;

  constructor(options: SecretCacheOptions) {
    this.#options = options;
    this.#negative = new NegativeCache(options.clock);
    this.#entries = new LRUCache({
      max: options.maxEntries,
      maxSize: options.maxBytes,
      sizeCalculation: (entry) => entry.bytes,
      dispose: (entry, _key, reason) => {
        if (reason === 'evict') options.onEvict(entry.identity.provider, 'space');
      },
    });
  }

  /** The entry that may answer without asking the store: fresh, or stale with its next attempt not yet due. */
  get(key: string): CacheEntry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const nowMs = this.#options.clock.monotonicMs();
    if (entry.isFresh(nowMs)) return entry;
    return nowMs < entry.nextAttemptAtMs && entry.mayAnswerStale(nowMs) ? entry : undefined;
  }

  /** The error that may answer without asking the store. */
  getRefusal(key: string): StoreRefusal | undefined {
    return this.#negative.get(key);
  }

  /** The entry that may answer if the store cannot. */
  getStale(key: string): CacheEntry | undefined {
    if (!this.#options.staleFallback) return undefined;
    const entry = this.#entries.get(key);
    return entry?.mayAnswerStale(this.#options.clock.monotonicMs()) === true ? entry : undefined;
  }

  /**
   * Makes an entry of what the store answered to a question asked at `fetchedAtMs`, and keeps it, unless it was
   * invalidated while it was under way.
   */
  store(
    identity: SecretIdentity,
    secret: Secret,
    times: { readonly fetchedAtMs: number; readonly ttlMs: number; readonly keep: boolean },
  ): CacheEntry {
    const jitteredMs = times.ttlMs * (1 + JITTER * (2 * this.#options.random() - 1));
    const expiresAtMs = times.fetchedAtMs + Math.min(jitteredMs, secret.ttlMs ?? Infinity);
    const staleUntilMs = times.fetchedAtMs + Math.min(this.#options.maxStaleMs, secret.ttlMs ?? Infinity);
    const entry = new CacheEntry(identity, secret, { fetchedAtMs: times.fetchedAtMs, expiresAtMs, staleUntilMs });
    if (times.keep) {
      this.#evictChanged(identity, secret);
      this.#negative.remove((refused) => refused.key === identity.key);
      this.#entries.set(identity.key, entry);
    }
    return entry;
  }

  /**
   * The store said no: nothing of what it was asked for may answer any more (table of design §3).
   * @returns what that is, since an answer to an older question about it must not be kept either.
   */
  refuse(identity: SecretIdentity, error: StoreRefusal): (kept: SecretIdentity) => boolean {
    const isWholeSecret = error.code !== 'VersionNotFound' && error.code !== 'StageNotFound';
    const isRefused = (kept: SecretIdentity): boolean =>
      isWholeSecret ? kept.secretKey === identity.secretKey : kept.key === identity.key;
    this.#evict('refused', isRefused);
    this.#negative.set(identity, error, error instanceof AccessError ? REFUSED_TTL_MS : this.#options.negativeTtlMs);
    return isRefused;
  }

  /** A refresh failed: until `delayMs` from now the stale value answers without another attempt. */
  postpone(entry: CacheEntry, delayMs: number): void {
    entry.nextAttemptAtMs = this.#options.clock.monotonicMs() + delayMs;
  }

  /** The representation under `name`, built at most once for the entry. */
  represent(entry: CacheEntry, name: string, build: () => Representation): Representation {
    const kept = entry.representations.get(name);
    if (kept !== undefined) return kept;
    const built = build();
    entry.representations.set(name, built);
    this.#measureAgain(entry);
    return built;
  }

  /** Forgets everything that matches, refusals too. */
  invalidate(matches: (identity: SecretIdentity) => boolean): void {
    this.#evict('invalidated', (identity, entry) => {
      if (matches(identity)) return true;
      for (const path of entry.aliases) if (matches({ ...identity, path })) return true;
      return false;
    });
    this.#negative.remove(matches);
  }

  /** Takes the entries of a cache that this one replaces. */
  adopt(previous: SecretCache): void {
    // The oldest first, so that it stays the oldest.
    for (const [key, entry] of [...previous.#entries].toReversed()) this.#entries.set(key, entry);
  }

  stats(): CacheStats {
    const entriesByProvider = new Map<string, number>();
    for (const entry of this.#entries.values()) {
      const { provider } = entry.identity;
      entriesByProvider.set(provider, (entriesByProvider.get(provider) ?? 0) + 1);
    }
    return {
      entries: this.#entries.size,
      bytes: this.#entries.calculatedSize,
      negativeEntries: this.#negative.size,
      entriesByProvider,
    };
  }

  /** The LRU measures an entry only when it is new to it. One that was replaced meanwhile stays replaced. */
  #measureAgain(entry: CacheEntry): void {
    const { key, provider } = entry.identity;
    if (this.#entries.peek(key) !== entry) return;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (!this.#entries.has(key)) this.#options.onEvict(provider, 'space');
  }

  /** A new version shifts what the other stages of the secret mean. */
  #evictChanged(identity: SecretIdentity, secret: Secret): void {
    const known = this.#entries.peek(identity.key);
    if (!identity.isMutable || known === undefined || known.secret.version === secret.version) return;
    this.#evict(
      'changed',
      (kept) => kept.isMutable && kept.secretKey === identity.secretKey && kept.key !== identity.key,
    );
  }

  #evict(reason: EvictionReason, matches: (identity: SecretIdentity, entry: CacheEntry) => boolean): void {
    for (const [key, entry] of this.#entries) {
      if (!matches(entry.identity, entry)) continue;
      this.#entries.delete(key);
      this.#options.onEvict(entry.identity.provider, reason);
    }
  }
}
