const MAX_MICROS = 2_000_000;

/** Counts latencies by the microsecond, up to two seconds. */
export class Latencies {
  readonly #counts = new Uint32Array(MAX_MICROS + 1);
  #total = 0;

  add(ms: number): void {
    const at = Math.min(MAX_MICROS, Math.round(ms * 1_000));
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#total += 1;
  }

  /** In milliseconds; 1 is the longest. */
  percentile(share: number): number {
    const wanted = Math.max(1, Math.ceil(this.#total * share));
    let seen = 0;
    for (let micros = 0; micros <= MAX_MICROS; micros += 1) {
      seen += this.#counts[micros] ?? 0;
      if (seen >= wanted) return micros / 1_000;
    }
    return 0;
  }
}
