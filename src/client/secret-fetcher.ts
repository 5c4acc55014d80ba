import type { CacheEntry } from '../cache/cache-entry.ts';
import type { SecretIdentity } from '../cache/cache-key.ts';
import type { SecretCache } from '../cache/secret-cache.ts';
import type { Clock } from '../core/clock.ts';
import { AccessError } from '../core/errors/access-error.ts';
import { ParseError } from '../core/errors/parse-error.ts';
import { SecretNotFoundError } from '../core/errors/secret-not-found-error.ts';
import { isSecretsError, type SecretsError } from '../core/errors/secrets-error.ts';
import type { Log } from '../core/log.ts';
import type { Secret } from '../core/secret.ts';
import { isPinned } from '../core/selector.ts';
import type { Metrics } from '../observability/metrics.ts';
import { BreakerOpenError } from '../resilience/breaker-open-error.ts';
import { isThrottled, isTransient } from '../resilience/transient.ts';
import type { Route } from './router.ts';
import { type Flight, SingleFlight } from './single-flight.ts';
import type { StoreCalls } from './store-calls.ts';

/** What a question to the store ended with: a new value, or the one at hand and why there is no newer one. */
export interface Fetched {
  readonly entry: CacheEntry;
  readonly failure?: SecretsError;
}

export interface SecretFetcherOptions {
  readonly clock: Clock;
  readonly cache: SecretCache;
  readonly calls: StoreCalls;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Largest value that is served, in bytes. */
  readonly maxValueBytes: number;
  /** The breaker's pause: a failed refresh is not repeated later than that. */
  readonly resetTimeoutMs: number;
}

interface Question {
  readonly route: Route;
  readonly flight: Flight;
  readonly fresh: boolean;
}

const LARGE_VALUE_BYTES = 65_536;
// A version never changes; whether it may still be read is checked again hourly (design §4).
const PINNED_TTL_MS = 3_600_000;

/** Asks the store, once for all who wait, and keeps what it says. */
export class SecretFetcher {
  readonly #options: SecretFetcherOptions;
  readonly #flights = new SingleFlight<Fetched>();

  constructor(options: SecretFetcherOptions) {
    this.#options = options;
  }

  /** @param fresh asks after this call, instead of taking the answer to a question that is under way. */
  fetch(route: Route, fresh: boolean): Promise<Fetched> {
    const ask = (flight: Flight): Promise<Fetched> => this.#ask({ route, flight, fresh });
    return fresh ? this.#flights.joinNext(route.identity, ask) : this.#flights.join(route.identity, ask);
  }

  /** Forgets what is kept and what is under way. */
  invalidate(matches: (identity: SecretIdentity) => boolean): void {
    this.#flights.forget(matches);
    this.#options.cache.invalidate(matches);
  }

  async #ask({ route, flight, fresh }: Question): Promise<Fetched> {
    const { cache, calls, clock, log } = this.#options;
    const { instance, location, identity } = route;
    const fetchedAtMs = clock.monotonicMs();
    const stale = cache.getStale(identity.key);
    try {
      const secret = await calls.ask({
        instance,
        name: 'get',
        subject: location.id,
        run: (call) => instance.provider.get(location, call),
        // With a value at hand, readers shall not wait for the second attempt; unless it is not good enough for them.
        ...(stale !== undefined && !fresh && { maxAttempts: 1 }),
      });
      this.#assertSize(secret, route);
      const ttlMs = isPinned(location.selector) ? PINNED_TTL_MS : route.ttlMs;
      const entry = cache.store(identity, secret, { fetchedAtMs, ttlMs, keep: flight.isCurrent });
      const { provider, path } = identity;
      log.debug(
        { provider, secret_path: path, version: secret.version, kept: flight.isCurrent },
        'read from the store',
      );
      return { entry };
    } catch (error) {
      if (flight.isCurrent) this.#refused(error, identity);
      return this.#failed(error, route, stale);
    }
  }

  #refused(error: unknown, identity: SecretIdentity): void {
    if (error instanceof AccessError || error instanceof SecretNotFoundError)
      this.#flights.forget(this.#options.cache.refuse(identity, error));
  }

  /** @returns the stale value, when there is one and the failure allows it; else throws the failure. */
  #failed(error: unknown, route: Route, stale: CacheEntry | undefined): Fetched {
    const { cache, clock, log, resetTimeoutMs } = this.#options;
    const { identity } = route;
    if (!isTransient(error) || !isSecretsError(error)) throw error;
    const fields = { provider: identity.provider, secret_path: identity.path, code: error.code, err: error };
    if (stale === undefined) {
      // The breaker said so when it opened.
      const level = error instanceof BreakerOpenError ? 'debug' : isThrottled(error) ? 'warn' : 'error';
      log[level](fields, 'the store failed and there is no earlier value');
      throw error;
    }
    const delayMs = Math.min(route.ttlMs / 2, resetTimeoutMs);
    if (!stale.isFresh(clock.monotonicMs())) cache.postpone(stale, delayMs);
    log.warn(fields, 'the store failed, so the earlier value answers');
    return { entry: stale, failure: error };
  }

  #assertSize(secret: Secret, { identity }: Route): void {
    const { maxValueBytes, metrics, log } = this.#options;
    const { provider, path } = identity;
    const bytes = Buffer.byteLength(secret.value.expose());
    if (bytes > maxValueBytes) {
      throw new ParseError('InvalidSecretFormat', `the value is larger than 'limits.value' allows`, { provider, path });
    }
    if (bytes <= LARGE_VALUE_BYTES) return;
    metrics.largeValues.inc({ provider });
    log.warn({ provider, secret_path: path, bytes }, 'the value is larger than 64 KiB');
  }
}
