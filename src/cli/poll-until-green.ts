import type { Clock } from '../core/clock.ts';

const POLL_MS = 200;
const LONGEST_ATTEMPT_MS = 2_000;
const SHORTEST_ATTEMPT_MS = 100;

/** Undefined when all is well, else the reason why not. Has to answer within `timeoutMs`. */
export type Probe = (timeoutMs: number) => Promise<string | undefined>;

/**
 * Asks five times a second until the probe is green or the time is over; at least once.
 * @returns undefined when it turned green, else the last reason why not.
 */
export async function pollUntilGreen(probe: Probe, clock: Clock, timeoutMs: number): Promise<string | undefined> {
  const endMs = clock.monotonicMs() + timeoutMs;
  for (;;) {
    const attemptMs = Math.min(LONGEST_ATTEMPT_MS, endMs - clock.monotonicMs());
    const reason = await probe(Math.max(attemptMs, SHORTEST_ATTEMPT_MS));
    const leftMs = endMs - clock.monotonicMs();
    if (reason === undefined || leftMs <= 0) return reason;
    await new Promise<void>((resolve) => clock.after(Math.min(POLL_MS, leftMs), resolve));
  }
}
