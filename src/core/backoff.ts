const FIRST_MS = 1_000;

/** Milliseconds to wait after so many failures in a row (1 or more): 1 s doubling up to `maxMs`, less up to half by chance. */
export function backoffMs(failures: number, maxMs: number, random: () => number): number {
  return Math.min(FIRST_MS * 2 ** (failures - 1), maxMs) * (1 - random() / 2);
}
