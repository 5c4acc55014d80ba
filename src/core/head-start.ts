import type { Clock } from './clock.ts';

// A login at a healthy store takes less; the daemon has to be there soon for those that can be served from its cache.
const MOMENT_MS = 100;

/**
 * Waits a moment for work that goes on in any case, such as the first login: with a store that hangs the daemon starts
 * without it, and whoever needs it joins it.
 * @throws what the work throws within that moment; what it throws later is nobody's any more.
 */
export async function giveHeadStart(clock: Clock, work: Promise<unknown>): Promise<void> {
  const { promise: moment, resolve } = Promise.withResolvers<void>();
  const timer = clock.after(MOMENT_MS, resolve);
  try {
    await Promise.race([work, moment]);
  } finally {
    timer.cancel();
  }
}
