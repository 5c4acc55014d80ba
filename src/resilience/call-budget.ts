import { pause } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { BudgetSpentError } from './budget-spent-error.ts';

export interface CallBudgetOptions {
  /** Name of the provider instance. */
  readonly name: string;
  readonly clock: Clock;
  /** Calls a second, as long as the store does not throttle. */
  readonly perSecond: number;
  /** Calls at once after a quiet time. */
  readonly burst: number;
}

/** A call that wants a token. */
export interface BudgetRequest {
  /** Nobody waits for it: it yields to reads. */
  readonly isBackground: boolean;
  /** Monotonic time after which waiting is pointless. */
  readonly deadlineAtMs: number;
  readonly signal: AbortSignal;
}

const MIN_PER_SECOND = 1;
// Additive increase, multiplicative decrease, as TCP does it: back at full speed after 20 successes at most.
const DECREASE = 0.5;
const INCREASE = 0.05;
// What background calls leave to reads.
const RESERVED_SHARE = 0.1;

/**
 * How many calls one source is asked to answer: a token bucket. Throttling answers halve its rate, successes restore it.
 * Tokens are promised in the order in which they are asked for, so the count may be below zero.
 */
export class CallBudget {
  readonly #options: CallBudgetOptions;
  #perSecond: number;
  #tokens: number;
  #countedAtMs: number;

  constructor(options: CallBudgetOptions) {
    this.#options = options;
    this.#perSecond = options.perSecond;
    this.#tokens = options.burst;
    this.#countedAtMs = options.clock.monotonicMs();
  }

  /** Calls a second at present. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /**
   * Takes a token, waiting for it if need be.
   * @throws BudgetSpentError when none can come in time, or a call in the background would take one from reads.
   */
  async take({ isBackground, deadlineAtMs, signal }: BudgetRequest): Promise<void> {
    const { clock, name } = this.#options;
    this.#refill();
    const reserved = isBackground ? Math.min(this.#capacity * RESERVED_SHARE, this.#capacity - 1) : 0;
    const waitMs = this.#tokens >= 1 ? 0 : ((1 - this.#tokens) / this.#perSecond) * 1_000;
    const isInTime = isBackground ? this.#tokens - 1 >= reserved : clock.monotonicMs() + waitMs < deadlineAtMs;
    if (!isInTime) throw new BudgetSpentError(name, waitMs);
    this.#tokens--;
    if (waitMs > 0) await pause(clock, waitMs, signal);
  }

  /** The store asked for less. */
  throttled(): void {
    this.#refill();
    this.#perSecond = Math.max(MIN_PER_SECOND, this.#perSecond * DECREASE);
    this.#tokens = Math.min(this.#tokens, this.#capacity);
  }

  /** The store answered. */
  succeeded(): void {
    if (this.#perSecond === this.#options.perSecond) return;
    this.#refill();
    this.#perSecond = Math.min(this.#options.perSecond, this.#perSecond + this.#options.perSecond * INCREASE);
  }

  /** The burst shrinks with the rate. */
  get #capacity(): number {
    return Math.max(1, (this.#options.burst * this.#perSecond) / this.#options.perSecond);
  }

  #refill(): void {
    const nowMs = this.#options.clock.monotonicMs();
    const earned = ((nowMs - this.#countedAtMs) / 1_000) * this.#perSecond;
    this.#tokens = Math.min(this.#capacity, this.#tokens + earned);
    this.#countedAtMs = nowMs;
  }
}
