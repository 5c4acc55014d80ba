import type { Clock } from '../core/clock.ts';

// A cached read has to be answered within 5 ms (design §10), also while a long document is worked on.
const TURN_MS = 1;
// To look at the clock costs as much as several steps.
const STEPS = 16;

/** A job that waits for its next turn. */
interface Waiter {
  /** Jobs are numbered as they begin. */
  readonly job: number;
  readonly resume: () => void;
}

/**
 * Lets others have their turn while something long goes on. A short job ends within its first turn. Of long ones at the
 * same time the oldest has all turns until it ends or waits for a store: they would not be ready sooner side by side, and
 * what they hold would be held longer.
 */
export class Turns {
  static #jobs = 0;
  static readonly #waiting: Waiter[] = [];

  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #job: number;
  #steps = 0;
  #endsAtMs: number;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
    this.#job = ++Turns.#jobs;
    this.#endsAtMs = clock.monotonicMs() + TURN_MS;
  }

  /** Does something with each item, in as many turns as that takes. */
  async each<T>(items: Iterable<T>, step: (item: T) => void): Promise<void> {
    const iterator = items[Symbol.iterator]();
    while (!this.#taken(iterator, step)) await this.next();
  }

  /** One turn, without a promise in its loop. @returns whether it was the last */
  #taken<T>(iterator: Iterator<T>, step: (item: T) => void): boolean {
    for (;;) {
      const { done, value } = iterator.next();
      if (done === true) return true;
      step(value);
      if (this.isOver()) return false;
    }
  }

  /** Asked at each step of the work: whether it is time to wait for `next`. */
  isOver(): boolean {
    return ++this.#steps % STEPS === 0 && this.#clock.monotonicMs() >= this.#endsAtMs;
  }

  /** The other turns have been taken. */
  async next(): Promise<void> {
    await new Promise<void>((resume) => Turns.#wait({ job: this.#job, resume }));
    this.#endsAtMs = this.#clock.monotonicMs() + TURN_MS;
  }

  static #wait(waiter: Waiter): void {
    const younger = this.#waiting.findIndex(({ job }) => job > waiter.job);
    this.#waiting.splice(younger === -1 ? this.#waiting.length : younger, 0, waiter);
    if (this.#waiting.length === 1) setImmediate(() => this.#resume());
  }

  /** One job in each turn of the event loop. */
  static #resume(): void {
    const oldest = this.#waiting.shift();
    if (this.#waiting.length > 0) setImmediate(() => this.#resume());
    oldest?.resume();
  }
}
