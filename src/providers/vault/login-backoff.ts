import type { Clock } from '../../core/clock.ts';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import type { SecretsError } from '../../core/errors/secrets-error.ts';
import type { Redacted } from '../../core/redacted.ts';
import { backoffMs } from '../../core/backoff.ts';

/** After a refusal: Vault locks a role out after some of them. */
const MAX_REFUSED_MS = 300_000;
/** While the store is down: how late its return may be noticed. */
const MAX_DOWN_MS = 30_000;

interface Failure {
  readonly error: SecretsError;
  /** Undefined when they could not be read. */
  readonly credentials: Redacted | undefined;
  readonly untilMs: number;
}

/** Spares a store that refuses or fails: after a login that failed the next one waits, longer each time. */
export class LoginBackoff {
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;
  #last: Failure | undefined;

  /** @param random 0 to 1; spreads the logins of many pods. */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Gives the milliseconds until the next try. */
  failed(error: SecretsError, credentials?: Redacted): number {
    const maxMs = error instanceof AuthenticationError ? MAX_REFUSED_MS : MAX_DOWN_MS;
    const askedMs = Math.min(error.details.retryAfterMs ?? 0, MAX_REFUSED_MS);
    const delayMs = Math.max(backoffMs(++this.#failures, maxMs, this.#random), askedMs);
    this.#last = { error, credentials, untilMs: this.#clock.monotonicMs() + delayMs };
    return delayMs;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#last = undefined;
  }

  /** Lets the next try pass; it counts as one more if it fails. */
  open(): void {
    this.#last = undefined;
  }

  /** @throws what the last login failed with, while it is too early for another one with these credentials. */
  assertMayTry(credentials: Redacted): void {
    const last = this.#last;
    if (last === undefined) return;
    const waitMs = last.untilMs - this.#clock.monotonicMs();
    const isNew = last.credentials?.expose() !== credentials.expose();
    if (waitMs <= 0 || (isNew && last.error instanceof AuthenticationError)) return;
    const { error } = last;
    throw error instanceof ProviderError
      ? new ProviderError(error.code, error.message, { retryAfterMs: waitMs })
      : error;
  }
}
