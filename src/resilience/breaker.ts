import CircuitBreaker from 'opossum';
import type { Clock } from '../core/clock.ts';
import { NetworkError } from '../core/errors/network-error.ts';
import { BreakerOpenError } from './breaker-open-error.ts';
import { countsForBreaker, wasNotAsked } from './transient.ts';

export type BreakerState = 'closed' | 'open' | 'half_open';

export interface BreakerOptions {
  /** Name of the provider instance. */
  readonly name: string;
  readonly clock: Clock;
  readonly failureThreshold: number;
  readonly successThreshold: number;
  readonly resetTimeoutMs: number;
  readonly onStateChange: (state: BreakerState) => void;
}

/**
 * The circuit breaker of one provider instance. opossum is the state machine and keeps the timer of the open state.
 * What it does not count as we need is counted here: it opens after consecutive failures on at least two subjects or
 * of the network, where opossum takes a percentage; and after the pause it needs `successThreshold` probes, one at a
 * time, where opossum takes one.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  readonly #circuit: CircuitBreaker<[() => Promise<void>], void>;
  readonly #failedSubjects = new Set<string>();
  #failures = 0;
  #probesLeft = 0;
  #probing = false;
  #openedAtMs = 0;

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.#circuit = new CircuitBreaker(async (call: () => Promise<void>) => call(), {
      name: options.name,
      timeout: false,
      resetTimeout: options.resetTimeoutMs,
      volumeThreshold: Number.MAX_SAFE_INTEGER,
      errorFilter: (error: unknown) => !countsForBreaker(error),
      enableSnapshots: false,
      rollingPercentilesEnabled: false,
    });
    this.#circuit.on('open', () => this.#opened());
    this.#circuit.on('halfOpen', () => options.onStateChange('half_open'));
  }

  get state(): BreakerState {
    if (this.#circuit.opened) return 'open';
    return this.#probesLeft > 0 ? 'half_open' : 'closed';
  }

  /**
   * Runs the call, and counts its outcome for `subject`: what it is about, a secret's id.
   * @throws BreakerOpenError without running the call, or what the call throws.
   */
  async run<T>(subject: string, call: () => Promise<T>): Promise<T> {
    // A read that outlives its instance, replaced by a new configuration, ends as its provider lets it.
    if (this.#circuit.isShutdown) return call();
    const isProbe = this.#probesLeft > 0;
    if (this.#circuit.opened || (isProbe && this.#probing)) throw this.refusal();
    this.#probing = isProbe;
    // opossum's types lose the type of the result, so it takes this way round.
    const { promise, resolve } = Promise.withResolvers<T>();
    try {
      await this.#circuit.fire(async () => resolve(await call()));
      this.#succeeded(isProbe);
      return await promise;
    } catch (error) {
      if (countsForBreaker(error)) this.#failed(subject, error);
      else if (!wasNotAsked(error)) this.#succeeded(isProbe);
      throw error;
    } finally {
      if (isProbe) this.#probing = false;
    }
  }

  /** Ends its timer. */
  close(): void {
    this.#circuit.shutdown();
  }

  /** What a call meets that is not let through. */
  refusal(): BreakerOpenError {
    const waitedMs = this.#options.clock.monotonicMs() - this.#openedAtMs;
    return new BreakerOpenError(this.#options.name, Math.max(1_000, this.#options.resetTimeoutMs - waitedMs));
  }

  #opened(): void {
    this.#openedAtMs = this.#options.clock.monotonicMs();
    this.#probesLeft = this.#options.successThreshold;
    this.#options.onStateChange('open');
  }

  #succeeded(isProbe: boolean): void {
    this.#failures = 0;
    this.#failedSubjects.clear();
    if (isProbe && --this.#probesLeft === 0) this.#options.onStateChange('closed');
  }

  #failed(subject: string, error: unknown): void {
    this.#failures++;
    this.#failedSubjects.add(subject);
    const isSpread = this.#failedSubjects.size > 1 || error instanceof NetworkError;
    if (this.#probesLeft > 0 || (this.#failures >= this.#options.failureThreshold && isSpread)) this.#circuit.open();
  }
}
