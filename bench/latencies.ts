import type { LatencyCounts } from './load.ts';

const MAX_MICROS = 2_000_000;

/** Counts latencies by the microsecond, up to two seconds. */
export class Latencies {
  readonly #counts = new Uint32Array(MAX_MICROS + 1);
  #total = 0;

  /** Those of several jobs together. */
  static of(all: readonly LatencyCounts[]): Latencies {
    const latencies = new Latencies();
    for (const [micros, count] of all.flat()) latencies.#count(micros, count);
    return latencies;
  }

  add(ms: number): void {
    this.#count(Math.min(MAX_MICROS, Math.max(0, Math.round(ms * 1_000))), 1);
  }

  /** In milliseconds; 1 is the longest. */
  percentile(share: number): number {
    const wanted = Math.max(1, Math.ceil(this.#total * share));
    let seen = 0;
    for (const [micros, count] of this.counts()) {
      seen += count;
      if (seen >= wanted) return micros / 1_000;
    }
    return 0;
  }

  counts(): LatencyCounts {
    const counts: (readonly [number, number])[] = [];
    this.#counts.forEach((count, micros) => {
      if (count > 0) counts.push([micros, count]);
    });
    return counts;
  }

  #count(micros: number, count: number): void {
    this.#counts[micros] = (this.#counts[micros] ?? 0) + count;
    this.#total += count;
  }
}
