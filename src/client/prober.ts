import { pause } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import type { Source } from './source.ts';
import type { StoreCalls } from './store-calls.ts';

const PAUSE_MS = 1_000;

/**
 * Finds out whether a source works again, so that no reader has to try it: after the breaker's pause the source is asked
 * for its health until the breaker closes, or opens for another pause.
 */
export class Prober {
  readonly #clock: Clock;
  readonly #calls: StoreCalls;
  readonly #closed = new AbortController();

  constructor(clock: Clock, calls: StoreCalls) {
    this.#clock = clock;
    this.#calls = calls;
  }

  /** Resolves when the breaker of the source is not half open any more. */
  async probe(source: Source): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted && source.breaker.state === 'half_open') {
      // A refused identity or a spent budget is no verdict on the store, and a reader may be the probe at the moment.
      if (!(await this.#answers(source))) await pause(this.#clock, PAUSE_MS, signal).catch(() => undefined);
    }
  }

  close(): void {
    this.#closed.abort();
  }

  async #answers(source: Source): Promise<boolean> {
    try {
      await this.#calls.ask({
        source,
        name: 'health',
        subject: 'health',
        maxAttempts: 1,
        run: (call) => source.provider.health(call),
      });
      return true;
    } catch {
      return false;
    }
  }
}
