import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../core/clock.ts';

/** What the keeper looks at, and what it can do about it. */
export interface Heap {
  /** What V8 has taken from the system, in bytes. */
  bytes(): number;
  /** Share of the time since the last call that the event loop was at work. */
  busyShare(): number;
  /** Gives back all that is not in use. The process stands still for that time: tens of milliseconds and more. */
  release(): void;
}

const FIRST_LOOK_MS = 1_000;
const LOOK_MS = 5_000;
// A release stands in the way of whoever asks meanwhile: 20 ms with a small heap, 170 with one of 50 MiB.
const QUIET_SHARE = 0.02;
// What a few thousand requests leave behind is not worth it: the collection also drops code that was compiled for them.
const GROWTH_BYTES = 24 * 1024 * 1024;

/**
 * V8 keeps what it once took, and in a quiet process it never looks for what is not in use: after the start that is half
 * of all memory. This gives it back once after the start, and again when the heap has grown by 24 MiB since, at a
 * moment in which next to nothing is asked.
 */
export class HeapKeeper {
  readonly #clock: Clock;
  readonly #heap: Heap;
  #timer: { cancel(): void };
  #keptBytes = -Infinity;

  constructor(clock: Clock, heap: Heap) {
    this.#clock = clock;
    this.#heap = heap;
    heap.busyShare();
    this.#timer = clock.after(FIRST_LOOK_MS, () => this.#look());
  }

  close(): void {
    this.#timer.cancel();
  }

  #look(): void {
    const isQuiet = this.#heap.busyShare() < QUIET_SHARE;
    if (isQuiet && this.#heap.bytes() > this.#keptBytes + GROWTH_BYTES) {
      this.#heap.release();
      this.#keptBytes = this.#heap.bytes();
    }
    this.#timer = this.#clock.after(LOOK_MS, () => this.#look());
  }
}

/**
 * The heap of this process. It grows by a fifth at a time instead of doubling. And what is made for a request is made among
 * the new objects, always: V8 makes it among the old ones for good once much of it was still in use when it collected, as in
 * a burst of a thousand connections. There each request holds on to what came after it until the whole heap is
 * collected, and a request costs twice as much.
 */
export function openHeap(): Heap {
  for (const flag of ['--heap-growing-percent=20', '--no-allocation-site-pretenuring']) setFlagsFromString(flag);
  let before: EventLoopUtilization | undefined;
  return {
    bytes: () => getHeapStatistics().total_heap_size,
    busyShare: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = before === undefined ? now : performance.eventLoopUtilization(now, before);
      before = now;
      return utilization;
    },
    release: releaseHeap,
  };
}

/** V8 gives its collector away only to a context that was made while the flag was set. */
function releaseHeap(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  // The last resort also gives up memory that V8 would keep for later.
  if (typeof collect === 'function') Reflect.apply(collect, undefined, [{ type: 'major', flavor: 'last-resort' }]);
}
