/**
 * A count on the way of every read. Adding to a metric of the library costs a hash of its labels each time; this costs
 * an addition, and the sum is handed on when Prometheus asks.
 */
export class DeferredCount {
  readonly #counter: { inc(value: number): void };
  #pending = 0;

  constructor(counter: { inc(value: number): void }) {
    this.#counter = counter;
  }

  inc(): void {
    this.#pending++;
  }

  flush(): void {
    if (this.#pending === 0) return;
    this.#counter.inc(this.#pending);
    this.#pending = 0;
  }
}
