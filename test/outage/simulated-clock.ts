import { setImmediate as settled } from 'node:timers/promises';
import type { Clock, Timer } from '../../src/core/clock.ts';

interface Due {
  readonly atMs: number;
  /** First come, first served. */
  readonly order: number;
  action: (() => void) | undefined;
}

/** A clock for long simulations: jumps from one timer to the next, in a heap, so that a day of many pods takes seconds. */
export class SimulatedClock implements Clock {
  #nowMs = 1_000_000;
  #order = 0;
  readonly #heap: Due[] = [];

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs - 1_000_000;
  }

  after(delayMs: number, action: () => void): Timer {
    const due: Due = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, action };
    this.#push(due);
    return { cancel: () => void (due.action = undefined) };
  }

  /** Runs what falls due until `ms` from now. Timers of one millisecond run together, then promises settle. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settled();
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= endMs; next = this.#heap[0]) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      const untilMs = Math.floor(this.#nowMs) + 1;
      let hasRun = false;
      for (let due = next; due !== undefined && due.atMs < untilMs && due.atMs <= endMs;) {
        this.#pop();
        if (due.action !== undefined) {
          due.action();
          hasRun = true;
        }
        const following = this.#heap[0];
        if (following === undefined) break;
        due = following;
      }
      if (hasRun) await settled();
    }
    this.#nowMs = endMs;
    await settled();
  }

  #push(due: Due): void {
    const heap = this.#heap;
    heap.push(due);
    for (let at = heap.length - 1; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at], heap[parent])) return;
      [heap[at], heap[parent]] = swapped(heap[parent], heap[at]);
      at = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return;
    heap[0] = last;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (isBefore(heap[left], heap[least])) least = left;
      if (isBefore(heap[right], heap[least])) least = right;
      if (least === at) return;
      [heap[at], heap[least]] = swapped(heap[least], heap[at]);
      at = least;
    }
  }
}

function isBefore(a: Due | undefined, b: Due | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function swapped(a: Due | undefined, b: Due | undefined): [Due, Due] {
  if (a === undefined || b === undefined) throw new TypeError('the heap has a hole');
  return [a, b];
}
