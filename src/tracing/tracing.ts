import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Tracer } from '../core/tracer.ts';

/** What became of spans; `dropped` did not find room to wait in. */
export type SpanStatus = 'exported' | 'failed' | 'dropped';

/** What traces need around them. */
export interface TracingAround {
  readonly clock: Clock;
  /** 0 to 1, for all jitter. */
  readonly random: () => number;
  readonly log: Log;
  readonly onSpans: (status: SpanStatus, count: number) => void;
}

/** Traces at work. */
export interface Tracing {
  readonly tracer: Tracer;
  /** Gives what waits one more chance, for two seconds at most. */
  close(): Promise<void>;
}

/** Begins to make spans. */
export type OpenTracing = (around: TracingAround) => Tracing;
