import type { CacheEntry } from '../cache/cache-entry.ts';
import type { SecretCache } from '../cache/secret-cache.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { classify } from '../core/errors/classify.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import type { Stop } from './router.ts';
import type { SecretFetcher } from './secret-fetcher.ts';
import type { Source } from './source.ts';

export interface RefresherOptions {
  readonly clock: Clock;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
  readonly cache: SecretCache;
  readonly fetcher: SecretFetcher;
  readonly leases: LeaseKeeper;
  readonly metrics: Metrics;
  /** So long before its end a value is read anew. */
  readonly refreshAheadMs: number;
  /** The breaker's pause: a failed refresh is not repeated later than that. */
  readonly resetTimeoutMs: number;
}

interface Watched {
  readonly stop: Stop;
  readonly entry: CacheEntry;
  /** The value is in use when it was read since. */
  readonly sinceMs: number;
  timer?: Timer;
}

// Pods that started together must not refresh together (design §5).
const JITTER = 0.1;
// A lease is renewed at two thirds, as Vault's own agent does.
const LEASE_SHARE = 2 / 3;
// After a rotation was asked for (design §4).
const CLOSE_LOOK_MS = 5_000;
const CLOSE_WATCH_MS = 600_000;
// After an outage the values that expired in it are read anew within this time, not at once.
const SPREAD_MS = 5_000;
// Evicted entries that may still have a timer.
const SLACK = 100;

/** Reads values that are in use anew before they expire, in the background: no reader waits for it. */
export class Refresher {
  readonly #options: RefresherOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #looks = new Set<Timer>();
  #isClosed = false;

  constructor(options: RefresherOptions) {
    this.#options = options;
  }

  /** A value was kept: it will be due before it ends. */
  kept(stop: Stop, entry: CacheEntry): void {
    const nowMs = this.#options.clock.monotonicMs();
    this.#watched.get(entry.identity.key)?.timer?.cancel();
    const watched: Watched = { stop, entry, sinceMs: nowMs };
    this.#watched.set(entry.identity.key, watched);
    if (this.#watched.size > 2 * this.#options.cache.size + SLACK) this.#sweep();
    const delayMs = this.#delayOf(entry, nowMs);
    if (delayMs !== undefined) this.#schedule(watched, delayMs);
  }

  /** A reader was answered with it. On the way of every cached read, so it costs next to nothing. */
  read(entry: CacheEntry, nowMs: number): void {
    entry.lastReadAtMs = nowMs;
    if (!entry.isRefreshDue) return;
    entry.isRefreshDue = false;
    const watched = this.#watched.get(entry.identity.key);
    if (watched?.entry === entry) void this.#refresh(watched);
  }

  /** After an outage: what has expired falls due, with jitter. */
  refreshExpired(source: Source): void {
    const { clock, random } = this.#options;
    const nowMs = clock.monotonicMs();
    for (const watched of this.#watched.values()) {
      const { entry, stop } = watched;
      if (stop.source !== source || entry.isFresh(nowMs)) continue;
      const delayMs = random() * SPREAD_MS;
      entry.nextAttemptAtMs = Math.min(entry.nextAttemptAtMs, nowMs + delayMs);
      this.#schedule(watched, delayMs);
    }
  }

  /** The store tells of a change: everything of it is compared, whether it is in use or not. */
  compareAll(source: Source): void {
    for (const watched of this.#watched.values()) if (watched.stop.source === source) void this.#refresh(watched);
  }

  /** A rotation was started: the current value is compared with the store's until it has changed, or for 10 minutes. */
  watchClosely(stop: Stop): void {
    const { clock, cache, fetcher } = this.#options;
    const untilMs = clock.monotonicMs() + CLOSE_WATCH_MS;
    let before = cache.get(stop.identity.key)?.secret.version;
    const look = async (): Promise<void> => {
      const entry = await fetcher.fetch(stop, { isBackground: true }).answer.catch(() => undefined);
      before ??= entry?.secret.version;
      const isSettled = entry !== undefined && entry.secret.version !== before;
      if (!isSettled && clock.monotonicMs() < untilMs) this.#lookLater(look);
    };
    this.#lookLater(look);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#looks) timer.cancel();
    for (const { timer } of this.#watched.values()) timer?.cancel();
    this.#watched.clear();
  }

  #lookLater(look: () => Promise<void>): void {
    if (this.#isClosed) return;
    const timer = this.#options.clock.after(CLOSE_LOOK_MS, () => {
      this.#looks.delete(timer);
      void look();
    });
    this.#looks.add(timer);
  }

  #delayOf({ secret, fetchedAtMs, expiresAtMs }: CacheEntry, nowMs: number): number | undefined {
    const { random, refreshAheadMs } = this.#options;
    const jitter = 1 + JITTER * (2 * random() - 1);
    if (secret.lease !== undefined) return (expiresAtMs - nowMs) * LEASE_SHARE * (1 - JITTER * random());
    const aheadMs = Math.min(refreshAheadMs, (expiresAtMs - fetchedAtMs) / 2) * jitter;
    return aheadMs > 0 ? Math.max(0, expiresAtMs - aheadMs - nowMs) : undefined;
  }

  #schedule(watched: Watched, delayMs: number): void {
    if (this.#isClosed) return;
    watched.timer?.cancel();
    watched.timer = this.#options.clock.after(delayMs, () => this.#due(watched));
  }

  #due(watched: Watched): void {
    const { entry, sinceMs } = watched;
    if (!this.#isKept(watched)) this.#watched.delete(entry.identity.key);
    else if (entry.lastReadAtMs > sinceMs || this.#options.cache.isPinned(entry.identity.key))
      void this.#refresh(watched);
    else entry.isRefreshDue = true;
  }

  /** What was evicted is not looked after. */
  #sweep(): void {
    for (const [key, watched] of this.#watched) {
      if (this.#isKept(watched)) continue;
      watched.timer?.cancel();
      this.#watched.delete(key);
    }
  }

  async #refresh(watched: Watched): Promise<void> {
    const { metrics, leases, fetcher } = this.#options;
    const { stop, entry } = watched;
    const { provider } = entry.identity;
    try {
      const isRenewed = entry.secret.lease !== undefined && (await leases.renew(stop, entry));
      // Something else may have taken its place meanwhile.
      if (!this.#isKept(watched)) return;
      if (isRenewed) this.kept(stop, entry);
      else await fetcher.fetch(stop, { isBackground: true }).answer;
      metrics.refreshes.inc({ provider, status: 'success' });
    } catch (error) {
      metrics.refreshes.inc({ provider, status: classify(error).code });
      // One that can answer no more is left to its next reader.
      const isWorthIt = entry.mayAnswerStale(this.#options.clock.monotonicMs());
      if (isWorthIt && this.#isKept(watched)) this.#schedule(watched, this.#retryDelayMs(watched));
    }
  }

  /** Whether it is still what the cache has for its key. */
  #isKept({ entry }: Watched): boolean {
    return this.#options.cache.get(entry.identity.key) === entry;
  }

  /** A little sooner than readers would ask, so that none of them has to. */
  #retryDelayMs({ entry, stop }: Watched): number {
    const { clock, random, resetTimeoutMs } = this.#options;
    const leftMs = entry.secret.lease === undefined ? Infinity : (entry.expiresAtMs - clock.monotonicMs()) / 3;
    return Math.min(stop.ttlMs / 2, resetTimeoutMs, Math.max(leftMs, 1_000)) * (1 - JITTER * random());
  }
}
