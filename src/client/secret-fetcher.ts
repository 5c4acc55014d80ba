import { LRUCache } from 'lru-cache';
import type { CacheEntry } from '../cache/cache-entry.ts';
import { isCurrent, isOtherStage, type SecretIdentity, toCurrent } from '../cache/cache-key.ts';
import type { StoreRefusal } from '../cache/negative-cache.ts';
import type { SecretCache } from '../cache/secret-cache.ts';
import type { Clock } from '../core/clock.ts';
import { AccessError } from '../core/errors/access-error.ts';
import { ParseError } from '../core/errors/parse-error.ts';
import { SecretNotFoundError } from '../core/errors/secret-not-found-error.ts';
import type { SecretsError } from '../core/errors/secrets-error.ts';
import type { Log } from '../core/log.ts';
import type { Secret } from '../core/secret.ts';
import type { TraceContext } from '../core/tracer.ts';
import { isPinned } from '../core/selector.ts';
import type { Metrics } from '../observability/metrics.ts';
import { isTransient } from '../resilience/transient.ts';
import type { Gathering } from './gathering.ts';
import type { Stop } from './router.ts';
import { type Ask, type Flight, type FlightPlan, SingleFlight } from './single-flight.ts';
import type { StoreCalls } from './store-calls.ts';

/** A value that was read. */
export interface Arrival {
  readonly stop: Stop;
  readonly entry: CacheEntry;
  /** Not when it was invalidated while it was under way: then it is delivered only. */
  readonly isKept: boolean;
  /** What it takes the place of. */
  readonly replaced?: CacheEntry;
}

/** What the store refuses from now on. */
export interface Refusal {
  readonly error: StoreRefusal;
  /** The current value that was kept until then. */
  readonly kept: CacheEntry | undefined;
}

export interface SecretFetcherOptions {
  readonly clock: Clock;
  readonly cache: SecretCache;
  readonly calls: StoreCalls;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly onArrival: (arrival: Arrival) => void;
  readonly onRefusal: (refusal: Refusal) => void;
  /** Largest value that is served, in bytes. */
  readonly maxValueBytes: number;
  /** The breaker's pause: a failed refresh is not repeated later than that. */
  readonly resetTimeoutMs: number;
}

/** How a question is asked. */
export interface Asking {
  /** One attempt, where another source is asked next. */
  readonly isBrief?: boolean;
  /** Nobody waits for it. */
  readonly isBackground?: boolean;
  /** Asks together with the other questions of a request. */
  readonly gathering?: Gathering | undefined;
  /** Of the one who asks first; who joins the question is not told of in it. */
  readonly trace?: TraceContext | undefined;
}

const LARGE_VALUE_BYTES = 65_536;
// Sources that fail are few secrets' matter, or the breaker's.
const MAX_RESTS = 1_000;
// A version never changes; whether it may still be read is checked again hourly (design §4).
const PINNED_TTL_MS = 3_600_000;

/** Asks one source, once for all who wait, and keeps what it says. */
export class SecretFetcher {
  readonly #options: SecretFetcherOptions;
  readonly #flights: SingleFlight<CacheEntry>;
  /** Until when sources rest for a secret of which nothing is kept. Monotonic. */
  readonly #rests = new LRUCache<string, number>({ max: MAX_RESTS });

  constructor(options: SecretFetcherOptions) {
    this.#options = options;
    this.#flights = new SingleFlight(() => options.clock.monotonicMs());
  }

  /** Joins the question that is under way, or asks. */
  fetch(stop: Stop, asking: Asking = {}): Flight<CacheEntry> {
    return this.#flights.join(stop.identity, this.#asking(stop, asking));
  }

  /** Asks after this call, instead of taking the answer to a question that is under way. */
  fetchAnew(stop: Stop, asking: Asking): Promise<CacheEntry> {
    return this.#flights.joinNext(stop.identity, this.#asking(stop, asking));
  }

  /** Whether the source has just failed, so that it is not asked while something else can answer. */
  isResting({ source, identity }: Stop, entry: CacheEntry | undefined): boolean {
    if (source.breaker.state !== 'closed') return true;
    const untilMs = entry?.nextAttemptAtMs ?? this.#rests.get(identity.key) ?? 0;
    return this.#options.clock.monotonicMs() < untilMs;
  }

  /** What is kept is not up to date any more, nor is what is under way. */
  expire(matches: (identity: SecretIdentity) => boolean): void {
    this.#rests.clear();
    this.#flights.forget(matches);
    this.#options.cache.expire(matches);
  }

  /** A source works again. */
  endRests(): void {
    this.#rests.clear();
  }

  /** Forgets what is kept and what is under way. */
  invalidate(matches: (identity: SecretIdentity) => boolean): void {
    this.#rests.clear();
    this.#flights.forget(matches);
    this.#options.cache.invalidate(matches);
  }

  #asking(stop: Stop, asking: Asking): Ask<CacheEntry> {
    return async (flight) => {
      try {
        return await this.#ask(stop, asking, flight);
      } catch (error) {
        if (flight.isCurrent && stop.isAuthority) this.#refused(stop, error);
        if (isTransient(error)) this.#postpone(stop, asking);
        throw error;
      }
    };
  }

  async #ask(stop: Stop, { isBrief, isBackground, gathering, trace }: Asking, flight: FlightPlan): Promise<CacheEntry> {
    const { clock, calls } = this.#options;
    const { source, store, location } = stop;
    const fetchedAtMs = clock.monotonicMs();
    const onFailure = (error: SecretsError): void => {
      if (!isTransient(error)) return;
      this.#postpone(stop, { isBackground: isBackground === true });
      flight.failed(error);
    };
    const askAlone = (): Promise<Secret> =>
      calls.ask({
        source,
        name: 'get',
        subject: location.id,
        run: (call) => store.get(location, call),
        onFailure,
        isBrief: isBrief === true,
        isBackground: isBackground === true,
        trace,
      });
    const gathered = { askAlone, onFailure, isBrief: isBrief === true, trace };
    const secret = await (gathering?.ask(stop, gathered) ?? askAlone());
    return this.#keep(stop, secret, { fetchedAtMs, keep: flight.isCurrent });
  }

  #keep(stop: Stop, secret: Secret, { fetchedAtMs, keep }: { fetchedAtMs: number; keep: boolean }): CacheEntry {
    const { cache, log, onArrival } = this.#options;
    const { identity, location } = stop;
    this.#inspect(stop, secret);
    const ttlMs = isPinned(location.selector) ? PINNED_TTL_MS : stop.ttlMs;
    const replaced = cache.get(identity.key);
    const entry = cache.store(identity, secret, { fetchedAtMs, ttlMs, keep });
    // What the other stages were asked for means something else now.
    if (keep && isNewCurrent(entry, replaced)) this.#flights.forget((other) => isOtherStage(other, identity));
    const { provider, path } = identity;
    log.debug({ provider, secret_path: path, version: secret.version, kept: keep }, 'read from the store');
    onArrival({ stop, entry, isKept: keep, ...(keep && replaced !== undefined && { replaced }) });
    return entry;
  }

  #refused(stop: Stop, error: unknown): void {
    if (!(error instanceof AccessError || error instanceof SecretNotFoundError)) return;
    const { cache, onRefusal } = this.#options;
    const kept = cache.get(toCurrent(stop.identity).key);
    this.#flights.forget(cache.refuse(stop.identity, error));
    onRefusal({ error, kept });
  }

  /** Until the next attempt something else answers without asking the store (design §5): an expired value, if any. */
  #postpone({ identity, ttlMs }: Stop, { isBackground }: Asking): void {
    const { cache, clock, resetTimeoutMs } = this.#options;
    const nowMs = clock.monotonicMs();
    const delayMs = Math.min(ttlMs / 2, resetTimeoutMs);
    const entry = cache.get(identity.key);
    if (entry === undefined) this.#rests.set(identity.key, nowMs + delayMs);
    else if (isBackground === true || !entry.isFresh(nowMs)) cache.postpone(entry, delayMs);
  }

  /** What is too large is refused; what is odd is served, counted and logged. */
  #inspect({ identity }: Stop, secret: Secret): void {
    const { maxValueBytes, metrics, log } = this.#options;
    const { provider, path } = identity;
    const bytes = Buffer.byteLength(secret.value.expose());
    if (bytes > maxValueBytes) {
      throw new ParseError('InvalidSecretFormat', `the value is larger than 'limits.value' allows`, { provider, path });
    }
    if (bytes > LARGE_VALUE_BYTES) {
      metrics.largeValues.inc({ provider });
      log.warn({ provider, secret_path: path, bytes }, 'the value is larger than 64 KiB');
    }
    for (const warning of secret.warnings ?? []) {
      metrics.oddValues.inc({ provider, warning });
      log.warn({ provider, secret_path: path, warning }, 'the store served a value that it should not be asked for');
    }
  }
}

const isNewCurrent = (entry: CacheEntry, replaced: CacheEntry | undefined): boolean =>
  isCurrent(entry.identity) && replaced !== undefined && replaced.secret.version !== entry.secret.version;
