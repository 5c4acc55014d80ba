import type { CacheEntry } from '../cache/cache-entry.ts';
import type { SecretCache } from '../cache/secret-cache.ts';
import type { Clock } from '../core/clock.ts';
import { withDeadline } from '../core/deadline.ts';
import { NetworkError } from '../core/errors/network-error.ts';
import type { Log } from '../core/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { isTransient } from '../resilience/transient.ts';
import type { Route, Stop } from './router.ts';
import type { Asking, SecretFetcher } from './secret-fetcher.ts';
import type { Flight } from './single-flight.ts';

/** What a read returned. */
export interface ReadAnswer {
  readonly entry: CacheEntry;
  /** From the cache, from the store, or an expired value because the store failed. */
  readonly outcome: 'hit' | 'miss' | 'stale';
}

/** On whose behalf stores are asked, and together with what. */
export type Asker = Pick<Asking, 'gathering' | 'trace'>;

export interface FailoverOptions {
  readonly clock: Clock;
  readonly cache: SecretCache;
  readonly fetcher: SecretFetcher;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Of one read, all sources included. */
  readonly deadlineMs: number;
  /** How long a reader waits for the store when an expired value is at hand. */
  readonly patienceMs: number;
}

/**
 * Walks the sources of a route in their order. The next one is asked when one is unavailable, throttled or refuses our
 * identity, never because it says that there is no such secret or that we may not have it (design §4).
 */
export class Failover {
  readonly #options: FailoverOptions;

  constructor(options: FailoverOptions) {
    this.#options = options;
  }

  /**
   * The value that answers without asking anybody; undefined when somebody must be asked.
   * @throws AccessError, SecretNotFoundError that the first source gave a moment ago
   */
  atHand(route: Route, nowMs: number): ReadAnswer | undefined {
    const { cache, fetcher } = this.#options;
    let stale: Held | undefined;
    for (const stop of route) {
      const entry = cache.get(stop.identity.key);
      if (entry?.isFresh(nowMs) === true) return this.#answered(route, { stop, entry, outcome: 'hit' });
      const refusal = entry === undefined && stop === route[0] ? cache.getRefusal(stop.identity.key) : undefined;
      if (refusal !== undefined) throw refusal;
      if (!fetcher.isResting(stop, entry)) return undefined;
      if (entry?.mayAnswerStale(nowMs) === true) stale ??= { stop, entry, outcome: 'stale' };
    }
    return stale && this.#answered(route, stale);
  }

  /** Asks. An expired value at hand answers after the first failed attempt or when patience ends, whichever is first. */
  fetch(route: Route, asker: Asker = {}): Promise<ReadAnswer> {
    return this.#inTime(route, () => this.#fetch(route, asker));
  }

  /** Asks after this call, and takes no expired value. */
  fetchAnew(route: Route, asker: Asker = {}): Promise<ReadAnswer> {
    return this.#inTime(route, () => this.#fetchAnew(route, asker));
  }

  async #fetch(route: Route, { gathering, trace }: Asker): Promise<ReadAnswer> {
    const { cache, clock, fetcher } = this.#options;
    const last = route.at(-1);
    let [failure, together]: [unknown, Asker['gathering']] = [undefined, gathering];
    for (const stop of route) {
      const entry = cache.get(stop.identity.key);
      if (stop !== route[0] && entry?.isFresh(clock.monotonicMs()) === true)
        return this.#answered(route, { stop, entry, outcome: 'hit' });
      if (stop !== last && fetcher.isResting(stop, entry)) {
        failure ??= stop.source.breaker.refusal();
        continue;
      }
      const flight = fetcher.fetch(stop, { isBrief: stop !== last, gathering: together, trace });
      // What is asked later is not part of the one call any more.
      together = undefined;
      try {
        return await this.#patiently(route, stop, flight);
      } catch (error) {
        if (!isTransient(error) && stop.isAuthority) throw error;
        failure ??= error;
      }
    }
    const kept = this.#kept(route);
    if (kept === undefined) throw failure;
    return this.#answered(route, kept);
  }

  async #fetchAnew(route: Route, { trace }: Asker): Promise<ReadAnswer> {
    const last = route.at(-1);
    let failure: unknown;
    for (const stop of route) {
      try {
        const entry = await this.#options.fetcher.fetchAnew(stop, { isBrief: stop !== last, trace });
        return this.#answered(route, { stop, entry, outcome: 'miss' });
      } catch (error) {
        if (!isTransient(error) && stop.isAuthority) throw error;
        failure ??= error;
      }
    }
    throw failure;
  }

  /** Waits for the answer; with something else at hand no longer than it is worth. */
  async #patiently(route: Route, stop: Stop, flight: Flight<CacheEntry>): Promise<ReadAnswer> {
    const { clock, patienceMs } = this.#options;
    const { answer, firstFailure, startedAtMs } = flight;
    if (this.#kept(route) !== undefined) {
      const timeoutMs = Math.max(0, startedAtMs + patienceMs - clock.monotonicMs());
      const onTimeout = (): Error => new PatienceEnded();
      // Of a source that is not the last, the failure that counts is that of the whole question.
      const failed = firstFailure.then((error) => (stop === route.at(-1) ? Promise.reject(error) : answer));
      try {
        const entry = await withDeadline({ clock, timeoutMs, onTimeout }, () => Promise.race([answer, failed]));
        return this.#answered(route, { stop, entry, outcome: 'miss' });
      } catch (error) {
        if (!(error instanceof PatienceEnded)) throw error;
        const kept = this.#kept(route);
        if (kept !== undefined) return this.#answered(route, kept);
      }
    }
    return this.#answered(route, { stop, entry: await answer, outcome: 'miss' });
  }

  /** What answers when nobody else does: a source's value that still holds, else the first expired one. */
  #kept(route: Route): Held | undefined {
    const { cache, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    let stale: Held | undefined;
    for (const stop of route) {
      const entry = cache.get(stop.identity.key);
      if (entry?.isFresh(nowMs) === true) return { stop, entry, outcome: 'hit' };
      if (entry?.mayAnswerStale(nowMs) === true) stale ??= { stop, entry, outcome: 'stale' };
    }
    return stale;
  }

  /** The sources share the deadline; the questions go on behind. */
  #inTime(route: Route, ask: () => Promise<ReadAnswer>): Promise<ReadAnswer> {
    const { clock, deadlineMs: timeoutMs } = this.#options;
    const { name: provider } = route[0].source;
    const onTimeout = (): Error =>
      new NetworkError('Timeout', `provider '${provider}' did not answer within the deadline`, { provider });
    return withDeadline({ clock, timeoutMs, onTimeout }, ask);
  }

  #answered([first]: Route, { stop, entry, outcome }: Held): ReadAnswer {
    const answer = { entry, outcome };
    if (stop === first) return answer;
    const { metrics, log, cache } = this.#options;
    metrics.failoverServed.inc({ provider: stop.source.label });
    const known = cache.get(first.identity.key);
    if (outcome === 'miss' && stop.source.name === first.source.name && isBehind(entry, known)) {
      const fields = { provider: stop.source.label, secret_path: entry.identity.path, version: entry.secret.version };
      log.warn(fields, 'this copy of the store has an older version than the one that was read before');
    }
    return answer;
  }
}

/** An answer, and the source that it comes from. */
interface Held extends ReadAnswer {
  readonly stop: Stop;
}

/** The reader waits no longer; the question goes on. */
class PatienceEnded extends NetworkError {
  constructor() {
    super('Timeout', "the store did not answer within 'cache.patience'");
  }
}

function isBehind(entry: CacheEntry, known: CacheEntry | undefined): boolean {
  const [here, there] = [entry.secret.createdAt?.getTime(), known?.secret.createdAt?.getTime()];
  return here !== undefined && there !== undefined && here < there;
}
