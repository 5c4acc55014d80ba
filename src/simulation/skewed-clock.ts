import type { Clock } from '../core/clock.ts';

/** A clock whose wall time is behind, as it looks from a store whose own clock is ahead. */
export function createSkewedClock(clock: Clock, skewMs: () => number): Clock {
  return {
    monotonicMs: () => clock.monotonicMs(),
    wallMs: () => clock.wallMs() - skewMs(),
    after: (delayMs, action) => clock.after(delayMs, action),
  };
}
