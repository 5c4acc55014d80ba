import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../core/clock.ts';
import { RequestError } from '../core/errors/request-error.ts';

/** How busy the process has been since it was last asked. */
export interface Load {
  readonly loopDelayMs: number;
  /** Of the heap's limit, 0 to 1. */
  readonly heapShare: number;
}

export interface LoadSheddingOptions {
  readonly clock: Clock;
  readonly readLoad: () => Load;
}

// A loop that is this late, or a heap that is this full, serves nobody well: better a quick 503 (design §11).
const MAX_LOOP_DELAY_MS = 1_000;
const MAX_HEAP_SHARE = 0.9;
const SAMPLE_MS = 1_000;
const RETRY_AFTER_MS = 1_000;
const RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;

/**
 * Refuses requests under too much load, but for those of spared routes: health and metrics must tell of it.
 * @returns whether it does so now
 */
export function shedLoad(app: FastifyInstance, { clock, readLoad }: LoadSheddingOptions): () => boolean {
  let isOverloaded = false;
  const sample = (): void => {
    const { loopDelayMs, heapShare } = readLoad();
    isOverloaded = loopDelayMs > MAX_LOOP_DELAY_MS || heapShare > MAX_HEAP_SHARE;
    timer = clock.after(SAMPLE_MS, sample);
  };
  // What was before the start, such as reading a large cache file, is no load.
  const begin = (): void => {
    readLoad();
    timer = clock.after(SAMPLE_MS, sample);
  };
  let timer = clock.after(0, begin);
  app.addHook('onClose', async () => timer.cancel());
  app.addHook('onRequest', (request, _reply, done) => {
    const isServed = !isOverloaded || request.routeOptions.config.isSpared === true;
    if (isServed) done();
    else done(new RequestError('Overloaded', 'the daemon is overloaded', { retryAfterMs: RETRY_AFTER_MS }));
  });
  return () => isOverloaded;
}

/**
 * The load of this process. Not by `process.memoryUsage`, which opens a file, and so throws when the process may open no
 * more of them.
 */
export function createLoadReader(): () => Load {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return () => {
    // No sample in all that time: the loop stood still.
    const loopDelayMs = delays.count === 0 ? Infinity : delays.mean / NANOSECONDS_PER_MS - RESOLUTION_MS;
    delays.reset();
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    return { loopDelayMs, heapShare: used / limit };
  };
}
