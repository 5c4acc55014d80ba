import { setImmediate as settled } from 'node:timers/promises';
import type { Clock, Timer } from '../../src/core/clock.ts';

interface Pending {
  readonly atMs: number;
  readonly action: () => void;
}

/** A clock that stands still until `advance` moves it. */
export class FakeClock implements Clock {
  #nowMs = 1_000_000;
  #wallStepMs = 0;
  readonly #pending = new Set<Pending>();

  monotonicMs(): number {
    return this.#nowMs;
  }

  /** 2026-01-01 at the start. */
  wallMs(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs - 1_000_000 + this.#wallStepMs;
  }

  /** Somebody sets the wall clock, back when negative. */
  stepWall(ms: number): void {
    this.#wallStepMs += ms;
  }

  after(delayMs: number, action: () => void): Timer {
    const entry = { atMs: this.#nowMs + delayMs, action };
    this.#pending.add(entry);
    return { cancel: () => this.#pending.delete(entry) };
  }

  /** How many timers wait. */
  get timers(): number {
    return this.#pending.size;
  }

  /** Moves time forward, runs what falls due in order, and lets promises settle after each step. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settled();
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#pending.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.action();
      await settled();
    }
    this.#nowMs = endMs;
    await settled();
  }

  #next(endMs: number): Pending | undefined {
    return [...this.#pending].filter((entry) => entry.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
  }
}
