import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import { classify } from '../core/errors/classify.ts';
import { NetworkError } from '../core/errors/network-error.ts';
import type { Log } from '../core/log.ts';
import { isThrottled, wasNotAsked } from '../resilience/transient.ts';
import type { Source } from './source.ts';

/** How a source fared last; for `/v1/status`. */
export interface LastOutcome {
  readonly lastSuccessAtMs?: number;
  readonly lastError?: { readonly error: string; readonly code: string; readonly atMs: number };
}

/** A source stops answering, so that what it gave goes stale, or answers again. */
export type Turn = 'stale' | 'recovered';

export interface SourceOutcomesOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly onTurn: (source: Source, turn: Turn) => void;
}

// A store that fails for one secret only answers others in between.
const OUTAGE_STREAK = 3;
const MAX_TOLD = 1_000;

/** How the sources are doing: an outage is one line of the log at its begin and one at its end, however many reads it meets. */
export class SourceOutcomes {
  readonly #options: SourceOutcomesOptions;
  readonly #outcomes = new Map<string, LastOutcome>();
  /** Questions in a row that failed, by source. */
  readonly #streaks = new Map<string, number>();
  /** What was told of as failing and has not been answered since. */
  readonly #told = new LRUCache<string, true>({ max: MAX_TOLD });
  readonly #inOutage = new Set<string>();

  constructor(options: SourceOutcomesOptions) {
    this.#options = options;
  }

  last({ label }: Source): LastOutcome {
    return this.#outcomes.get(label) ?? {};
  }

  /** That there is no such secret is an answer, too. */
  answered(source: Source, subject: string): void {
    const { clock, log, onTurn } = this.#options;
    const { label } = source;
    this.#outcomes.set(label, { ...this.#outcomes.get(label), lastSuccessAtMs: clock.wallMs() });
    this.#streaks.delete(label);
    this.#told.delete(toKey(label, subject));
    if (!this.#inOutage.delete(label)) return;
    log.info({ provider: label }, 'the store answers again');
    onTurn(source, 'recovered');
  }

  /** @param subject what was asked for: a store that fails for one secret alone is in no outage. */
  failed(source: Source, subject: string, error: unknown): void {
    if (wasNotAsked(error)) return;
    const { clock, log, onTurn } = this.#options;
    const { label } = source;
    const { category, code } = classify(error);
    const lastError = { error: category, code, atMs: clock.wallMs() };
    this.#outcomes.set(label, { ...this.#outcomes.get(label), lastError });
    const streak = (this.#streaks.get(label) ?? 0) + 1;
    this.#streaks.set(label, streak);
    const fields = { provider: label, secret_path: subject, code, err: error };
    const level = isThrottled(error) ? 'warn' : 'error';
    const isOutage = error instanceof NetworkError || streak >= OUTAGE_STREAK || source.breaker.state !== 'closed';
    const key = toKey(label, subject);
    if (!isOutage && !this.#told.has(key)) log[level](fields, 'the store fails for this secret');
    this.#told.set(key, true);
    if (!isOutage || this.#inOutage.has(label)) return;
    this.#inOutage.add(label);
    log[level](fields, 'the store fails');
    onTurn(source, 'stale');
  }
}

const toKey = (label: string, subject: string): string => JSON.stringify([label, subject]);
