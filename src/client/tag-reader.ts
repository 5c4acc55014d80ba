import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import { isSecretsError } from '../core/errors/secrets-error.ts';
import { isTransient } from '../resilience/transient.ts';
import type { Route, Stop } from './router.ts';
import type { StoreCalls } from './store-calls.ts';

export type Tags = Readonly<Record<string, string>>;

export interface TagReaderOptions {
  readonly clock: Clock;
  readonly calls: Pick<StoreCalls, 'ask'>;
  readonly staleFallback: boolean;
  /** As long as values may be used after the last success. */
  readonly maxStaleMs: number;
  /** How long a caller waits for the store when older tags are at hand. */
  readonly patienceMs: number;
}

interface Failure {
  readonly untilMs: number;
  /** It is about the secret, not about the store. */
  readonly isFinal: boolean;
}

interface Kept {
  readonly tags: Tags;
  readonly readAtMs: number;
  /** Not asked for again before. */
  restsUntilMs: number;
}

const MAX_KEPT = 8_192;
// Names that nobody has must not displace what is known.
const MAX_FAILURES = 256;
// As for a store's 403 (design §5).
const REST_MS = 5_000;

/** Tags of secrets, for policies with conditions on them: one description each, kept as long as a value would be. */
export class TagReader {
  readonly #options: TagReaderOptions;
  readonly #kept = new LRUCache<string, Kept>({ max: MAX_KEPT });
  readonly #failures = new LRUCache<string, Failure>({ max: MAX_FAILURES });
  readonly #flights = new Map<string, Promise<Tags | undefined>>();

  constructor(options: TagReaderOptions) {
    this.#options = options;
  }

  /** What counts without asking anybody; undefined when a store must be asked. */
  atHand([stop]: Route): Tags | undefined {
    const kept = this.#usable(stop);
    const nowMs = this.#options.clock.monotonicMs();
    const isGood = kept !== undefined && (nowMs < kept.readAtMs + stop.ttlMs || nowMs < kept.restsUntilMs);
    return isGood ? kept.tags : undefined;
  }

  /** What counts, however old, as long as a value of that age would. */
  known(route: Route): Tags | undefined {
    for (const stop of route) {
      const kept = this.#usable(stop);
      if (kept !== undefined) return kept.tags;
    }
    return undefined;
  }

  /**
   * Those of the first source that tells them. One that says that there is no such secret, or that we may not have it, is
   * the last to be asked.
   * @returns undefined when they cannot be known; never throws for a store's failure
   */
  async read(route: Route): Promise<Tags | undefined> {
    for (const stop of route) {
      const tags = await this.readOf(stop);
      if (tags !== undefined || this.#failures.get(stop.identity.secretKey)?.isFinal === true) return tags;
    }
    return undefined;
  }

  /** Those in one source. */
  async readOf(stop: Stop): Promise<Tags | undefined> {
    const { secretKey } = stop.identity;
    const atHand = this.atHand([stop]);
    if (atHand !== undefined || this.#rests(secretKey)) return atHand;
    const flight = this.#flights.get(secretKey) ?? this.#ask(stop).finally(() => this.#flights.delete(secretKey));
    this.#flights.set(secretKey, flight);
    const older = this.#usable(stop)?.tags;
    return older === undefined ? flight : this.#soon(flight, older);
  }

  async #soon(flight: Promise<Tags | undefined>, older: Tags): Promise<Tags | undefined> {
    const { promise, resolve } = Promise.withResolvers<Tags>();
    const timer = this.#options.clock.after(this.#options.patienceMs, () => resolve(older));
    return Promise.race([flight, promise]).finally(() => timer.cancel());
  }

  async #ask(stop: Stop): Promise<Tags | undefined> {
    const { calls, clock } = this.#options;
    const { source, store, location, identity } = stop;
    const { secretKey } = identity;
    try {
      const { tags = {} } = await calls.ask({
        source,
        name: 'describe',
        subject: location.id,
        isBrief: this.#usable(stop) !== undefined,
        run: (call) => store.describe(location.id, call),
      });
      this.#kept.set(secretKey, { tags, readAtMs: clock.monotonicMs(), restsUntilMs: 0 });
      return tags;
    } catch (error) {
      if (!isSecretsError(error)) throw error;
      return this.#failed(stop, isTransient(error));
    }
  }

  /** What the store says about the secret itself ends what is known of it. */
  #failed(stop: Stop, isPassing: boolean): Tags | undefined {
    const { secretKey } = stop.identity;
    const untilMs = this.#options.clock.monotonicMs() + REST_MS;
    const isFinal = !isPassing;
    if (isFinal) this.#kept.delete(secretKey);
    const kept = this.#usable(stop);
    if (kept === undefined) this.#failures.set(secretKey, { untilMs, isFinal });
    else kept.restsUntilMs = untilMs;
    return kept?.tags;
  }

  #rests(secretKey: string): boolean {
    return (this.#failures.get(secretKey)?.untilMs ?? 0) > this.#options.clock.monotonicMs();
  }

  #usable({ identity, ttlMs }: Stop): Kept | undefined {
    const { clock, staleFallback, maxStaleMs } = this.#options;
    const kept = this.#kept.get(identity.secretKey);
    if (kept === undefined) return undefined;
    const usableMs = staleFallback ? Math.max(ttlMs, maxStaleMs) : ttlMs;
    return clock.monotonicMs() < kept.readAtMs + usableMs ? kept : undefined;
  }
}
