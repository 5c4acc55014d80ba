/** How long before their end credentials are renewed. */
export const REFRESH_AHEAD_MS = 5 * 60_000;
const MIN_DELAY_MS = 10_000;

/**
 * Milliseconds until credentials are to be renewed: five minutes before their end. Those that live shorter, or that the
 * source keeps handing out near their end, at half of what is left.
 * @param leftMs until they expire.
 */
export function refreshDelayMs(leftMs: number): number {
  const early = leftMs - REFRESH_AHEAD_MS;
  return Math.max(early > 0 ? early : leftMs / 2, MIN_DELAY_MS);
}
