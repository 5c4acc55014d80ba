import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import type { AccessError } from '../core/errors/access-error.ts';
import type { SecretNotFoundError } from '../core/errors/secret-not-found-error.ts';
import type { SecretIdentity } from './cache-key.ts';

/** The store's answer that there is no such secret, or that we may not have it. */
export type StoreRefusal = AccessError | SecretNotFoundError;

interface Refusal {
  readonly identity: SecretIdentity;
  readonly error: StoreRefusal;
  readonly untilMs: number;
}

// Few, and apart from the secrets, so that asking random names evicts nothing (design §5).
const MAX_ENTRIES = 256;

/** Remembers for a short while that the store said no. */
export class NegativeCache {
  readonly #clock: Clock;
  readonly #refusals = new LRUCache<string, Refusal>({ max: MAX_ENTRIES });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#refusals.size;
  }

  get(key: string): StoreRefusal | undefined {
    const refusal = this.#refusals.get(key);
    return refusal !== undefined && this.#clock.monotonicMs() < refusal.untilMs ? refusal.error : undefined;
  }

  set(identity: SecretIdentity, error: StoreRefusal, ttlMs: number): void {
    this.#refusals.set(identity.key, { identity, error, untilMs: this.#clock.monotonicMs() + ttlMs });
  }

  remove(matches: (identity: SecretIdentity) => boolean): void {
    for (const [key, refusal] of this.#refusals) if (matches(refusal.identity)) this.#refusals.delete(key);
  }
}
