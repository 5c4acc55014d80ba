import type { Clock } from '../core/clock.ts';
import { AccessError } from '../core/errors/access-error.ts';
import type { Secret } from '../core/secret.ts';
import { CacheEntry, type EntryTimes, type Representation } from './cache-entry.ts';
import { isOtherStage, type SecretIdentity, toPrevious } from './cache-key.ts';
import { EntryStore } from './entry-store.ts';
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
  /** What is kept has changed. */
  readonly onChange?: () => void;
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
  readonly #entries: EntryStore;

  constructor(options: SecretCacheOptions) {
    this.#options = options;
    this.#negative = new NegativeCache(options.clock);
    const onEvict = ({ identity }: CacheEntry): void => options.onEvict(identity.provider, 'space');
    this.#entries = new EntryStore({ ...options, onEvict });
  }

  /** What is kept, fresh or not. */
  get(key: string): CacheEntry | undefined {
    return this.#entries.get(key);
  }

  /** The error that may answer without asking the store. */
  getRefusal(key: string): StoreRefusal | undefined {
    return this.#negative.get(key);
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
    const entry = new CacheEntry(identity, secret, this.#timesOf(secret, times));
    const known = this.#entries.get(identity.key);
    for (const path of known?.paths() ?? []) if (path !== identity.path) entry.aliases.add(path);
    if (times.keep) {
      this.#evictChanged(identity, secret);
      this.#negative.remove((refused) => refused.key === identity.key);
      this.#entries.set(entry);
      this.#options.onChange?.();
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

  /** Keeps a value that is not current any more, so that it answers as `previous` without asking the store. */
  keepPrevious({ identity, fetchedAtMs }: CacheEntry, secret: Secret, graceMs: number): void {
    const endsAtMs = this.#options.clock.monotonicMs() + graceMs;
    const metadata = { ...secret.metadata, stages: ['previous'] };
    const times = { fetchedAtMs, expiresAtMs: endsAtMs, staleUntilMs: endsAtMs };
    const previous = toPrevious(identity);
    this.#entries.set(new CacheEntry(previous, { ...secret, stages: ['previous'], metadata }, times));
  }

  /** The representation under `name`, built at most once for the entry. */
  represent(entry: CacheEntry, name: string, build: () => Representation): Representation {
    const kept = entry.representations.get(name);
    if (kept !== undefined) return kept;
    const built = build();
    entry.representations.set(name, built);
    this.#entries.measureAgain(entry);
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

  /** Takes entries that were kept elsewhere, the most recently read first; what is here is newer. */
  load(entries: readonly CacheEntry[]): void {
    for (const entry of entries.toReversed())
      if (this.#entries.get(entry.identity.key) === undefined) this.#take(entry);
  }

  /** Takes the entries of a cache that this one replaces. */
  adopt(previous: SecretCache): void {
    // The oldest first, so that it stays the oldest.
    for (const entry of [...previous.#entries.values()].toReversed()) this.#take(entry);
  }

  /** What matches is read anew before it answers again, unless the store fails; refusals are forgotten. */
  expire(matches: (identity: SecretIdentity) => boolean): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const entry of this.#entries.values()) if (matches(entry.identity)) entry.expire(nowMs);
    this.#negative.remove(matches);
  }

  /** Names what is never evicted for space. */
  pin(keys: ReadonlySet<string>): void {
    this.#entries.pin(keys);
  }

  isPinned(key: string): boolean {
    return this.#entries.isPinned(key);
  }

  /** Everything that is kept. */
  entries(): Iterable<CacheEntry> {
    return this.#entries.values();
  }

  get size(): number {
    return this.#entries.size;
  }

  stats(): CacheStats {
    const entriesByProvider = new Map<string, number>();
    for (const entry of this.#entries.values()) {
      const { provider } = entry.identity;
      entriesByProvider.set(provider, (entriesByProvider.get(provider) ?? 0) + 1);
    }
    return {
      entries: this.#entries.size,
      bytes: this.#entries.bytes,
      negativeEntries: this.#negative.size,
      entriesByProvider,
    };
  }

  /** How long it may answer is for the present settings to say. */
  #take(entry: CacheEntry): void {
    const { staleFallback, maxStaleMs } = this.#options;
    entry.boundStale(staleFallback ? entry.fetchedAtMs + maxStaleMs : entry.expiresAtMs);
    this.#entries.set(entry);
  }

  #timesOf(secret: Secret, { fetchedAtMs, ttlMs }: { fetchedAtMs: number; ttlMs: number }): EntryTimes {
    const { random, staleFallback, maxStaleMs } = this.#options;
    // What is lent is kept for as long as that, and not a moment longer.
    if (secret.lease !== undefined) {
      const endsAtMs = fetchedAtMs + secret.lease.durationMs;
      return { fetchedAtMs, expiresAtMs: endsAtMs, staleUntilMs: endsAtMs };
    }
    const boundMs = secret.ttlMs ?? Infinity;
    const expiresAtMs = fetchedAtMs + Math.min(ttlMs * (1 + JITTER * (2 * random() - 1)), boundMs);
    const staleUntilMs = staleFallback ? fetchedAtMs + Math.min(maxStaleMs, boundMs) : expiresAtMs;
    return { fetchedAtMs, expiresAtMs, staleUntilMs };
  }

  /** A new version shifts what the other stages of the secret mean. */
  #evictChanged(identity: SecretIdentity, secret: Secret): void {
    const known = this.#entries.get(identity.key);
    if (!identity.isMutable || known === undefined || known.secret.version === secret.version) return;
    this.#evict('changed', (kept) => isOtherStage(kept, identity));
  }

  #evict(reason: EvictionReason, matches: (identity: SecretIdentity, entry: CacheEntry) => boolean): void {
    for (const entry of this.#entries.values()) {
      if (!matches(entry.identity, entry)) continue;
      this.#entries.delete(entry.identity.key);
      this.#options.onEvict(entry.identity.provider, reason);
      this.#options.onChange?.();
    }
  }
}
