import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Numbers from 0 up to 1, the same for the same seed and the same questions in their order. */
export type Draw = () => number;

// Of the questions that were asked lately; a question that was forgotten begins anew.
const MAX_COUNTS = 100_000;
const UINT32_RANGE = 2 ** 32;

/**
 * Dice that do not depend on who asked what meanwhile: the nth draw for a question follows from the seed, the question
 * and n alone. So two processes that ask the same see the same, however their other calls are interleaved.
 */
export class Dice {
  readonly #seed: number;
  readonly #counts = new LRUCache<string, number>({ max: MAX_COUNTS });

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** A new throw for the question. */
  throw(question: readonly string[]): Draw {
    const key = JSON.stringify(question);
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    const digest = createHash('sha256')
      .update(JSON.stringify([this.#seed, key, count]))
      .digest();
    let at = 0;
    return () => {
      const number = digest.readUInt32BE(at) / UINT32_RANGE;
      at = (at + 4) % digest.length;
      return number;
    };
  }
}
