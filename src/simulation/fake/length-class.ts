import type { Keystream } from './keystream.ts';

/**
 * A length of the same class: 1, 2, 3-4, 5-8, 9-16, and so on. It does not depend on the exact one.
 * @param least no shorter than this, where the class allows it
 */
export function drawLength(stream: Keystream, length: number, least = 0): number {
  if (length === 0) return 0;
  const most = 2 ** Math.ceil(Math.log2(length));
  const from = Math.max(Math.floor(most / 2) + (most > 1 ? 1 : 0), Math.min(least, most), 1);
  return from + stream.below(most - from + 1);
}
