import type { Clock } from '../core/clock.ts';

// A cached read has to be answered within 5 ms (design §10), also while a long document is worked on.
const TURN_MS = 1;
// To look at the clock costs as much as several steps.
const STEPS = 16;

/** Lets others have their turn while something long goes on. A short job ends within its first turn. */
export class Turns {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #steps = 0;
  #endsAtMs: number;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
    this.#endsAtMs = clock.monotonicMs() + TURN_MS;
  }

  /** Asked at each step of the work: whether it is time to wait for `next`. */
  isOver(): boolean {
    return ++this.#steps % STEPS === 0 && this.#clock.monotonicMs() >= this.#endsAtMs;
  }

  /** The other turns have been taken. */
  async next(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#endsAtMs = this.#clock.monotonicMs() + TURN_MS;
  }
}
