const FIRST_MS = 1_000;
const MAX_MS = 300_000;

/** Milliseconds to wait after so many failures in a row (1 or more): 1 s doubling up to 5 min, less up to half by chance. */
export function backoffMs(failures: number, random: () => number): number {
  return Math.min(FIRST_MS * 2 ** (failures - 1), MAX_MS) * (1 - random() / 2);
}
