import type { CacheEntry } from '../cache/cache-entry.ts';
import type { SecretCache } from '../cache/secret-cache.ts';
import type { Clock, Timer } from '../core/clock.ts';
import type { Router, Stop } from './router.ts';
import type { SecretFetcher } from './secret-fetcher.ts';
import type { StoreCalls } from './store-calls.ts';

export interface VersionCheckerOptions {
  readonly clock: Clock;
  readonly cache: SecretCache;
  readonly router: Router;
  readonly calls: StoreCalls;
  readonly fetcher: SecretFetcher;
  /** 0 for never. */
  readonly checkIntervalMs: number;
}

/** Asks stores for the versions of what is in use, so that a rotation is noticed before the value expires. */
export class VersionChecker {
  readonly #options: VersionCheckerOptions;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(options: VersionCheckerOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, checkIntervalMs } = this.#options;
    if (checkIntervalMs === 0 || this.#isClosed) return;
    this.#timer = clock.after(checkIntervalMs, () => void this.#checkAll().finally(() => this.start()));
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  /** One after the other: it is nobody's answer that waits. */
  async #checkAll(): Promise<void> {
    const { clock, cache, router, checkIntervalMs } = this.#options;
    const sinceMs = clock.monotonicMs() - checkIntervalMs;
    for (const entry of Array.from(cache.entries())) {
      const stop = entry.lastReadAtMs >= sinceMs && !this.#isClosed ? router.find(entry.identity) : undefined;
      if (stop !== undefined && entry.secret.lease === undefined) await this.#check(stop, entry);
    }
  }

  async #check(stop: Stop, entry: CacheEntry): Promise<void> {
    const { calls, fetcher } = this.#options;
    const { source, store, location } = stop;
    try {
      const { currentVersion } = await calls.ask({
        source,
        name: 'describe',
        subject: location.id,
        maxAttempts: 1,
        isBackground: true,
        run: (call) => store.describe(location.id, call),
      });
      if (currentVersion === undefined || currentVersion === entry.secret.version) return;
      await fetcher.fetch(stop, { isBackground: true }).answer;
    } catch {
      // The refresh before the value expires will tell.
    }
  }
}
