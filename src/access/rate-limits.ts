import type { Clock } from '../core/clock.ts';
import { CallerError } from '../core/errors/caller-error.ts';

/** How often a caller may ask. */
export interface RateLimit {
  readonly perSecond: number;
  /** At once, after a quiet time. */
  readonly burst: number;
}

interface Account {
  readonly limit: RateLimit;
  /** Below zero when more was taken than there was: then it has to be earned first. */
  tokens: number;
  countedAtMs: number;
}

/** Token buckets of the callers that have a limit, so that one of them cannot starve the others. */
export class RateLimits {
  readonly #clock: Clock;
  readonly #accounts: ReadonlyMap<string, Account>;

  constructor(callers: readonly { readonly name: string; readonly rateLimit?: RateLimit }[], clock: Clock) {
    this.#clock = clock;
    const countedAtMs = clock.monotonicMs();
    this.#accounts = new Map(
      callers.flatMap(({ name, rateLimit: limit }) =>
        limit === undefined ? [] : [[name, { limit, tokens: limit.burst, countedAtMs }] as const],
      ),
    );
  }

  /** Counts a request. @throws CallerError `CallerRateLimited` with the time after which one is let in again */
  admit(caller: string): void {
    const account = this.#accounts.get(caller);
    if (account === undefined) return;
    this.#earn(account);
    if (account.tokens < 1) {
      const retryAfterMs = ((1 - account.tokens) / account.limit.perSecond) * 1_000;
      throw new CallerError('CallerRateLimited', `caller '${caller}' asks too often`, { retryAfterMs });
    }
    account.tokens--;
  }

  /** Counts what a request that was let in asks for beyond one secret. What is not there is owed. */
  charge(caller: string, more: number): void {
    const account = this.#accounts.get(caller);
    if (account === undefined || more <= 0) return;
    this.#earn(account);
    account.tokens -= more;
  }

  #earn(account: Account): void {
    const nowMs = this.#clock.monotonicMs();
    const { perSecond, burst } = account.limit;
    account.tokens = Math.min(burst, account.tokens + ((nowMs - account.countedAtMs) / 1_000) * perSecond);
    account.countedAtMs = nowMs;
  }
}
