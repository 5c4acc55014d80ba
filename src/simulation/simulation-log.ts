import { parsePathPattern } from '../core/path-pattern.ts';
import type { Clock } from '../core/clock.ts';
import type { LogFilter, LoggedAccess, LoggedCall, SimulationLogEntry } from '../core/simulation-control.ts';

type Unnumbered<T> = Omit<T, 'n' | 'at'>;

// The first ones go when more come.
const MAX_ENTRIES = 10_000;

/** What callers asked for and what was asked of the stores, in order. Never a value. */
export class SimulationLog {
  readonly #clock: Clock;
  #entries: SimulationLogEntry[] = [];
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(entry: Unnumbered<LoggedAccess> | Unnumbered<LoggedCall>): void {
    this.#entries.push({ ...entry, n: ++this.#count, at: new Date(this.#clock.wallMs()) });
    // Seldom, so that it costs nothing.
    if (this.#entries.length >= 2 * MAX_ENTRIES) this.#entries = this.#entries.slice(-MAX_ENTRIES);
  }

  /** The last entries that the filter lets through, oldest first. */
  find({ kind, operation, path, provider, after = 0, limit }: LogFilter): readonly SimulationLogEntry[] {
    const pattern = path === undefined ? undefined : parsePathPattern(path);
    const found = this.#entries
      .slice(-MAX_ENTRIES)
      .filter(
        (entry) =>
          entry.n > after &&
          (kind === undefined || entry.kind === kind) &&
          (operation === undefined || entry.operation === operation) &&
          (provider === undefined || entry.provider === provider) &&
          pattern?.matches(entry.path) !== false,
      );
    return found.slice(-limit);
  }

  clear(): void {
    this.#entries = [];
  }
}
