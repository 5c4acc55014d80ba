import { createHash } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { SecretEvent } from '../core/secret-event.ts';

export type OnEvent = (event: SecretEvent) => void;

// Enough for a receiver that was away for a moment; more would be memory for nobody.
const HISTORY_LENGTH = 1_000;

/** Passes on what happened to whoever listens at the time, and remembers the last of it. */
export class EventHub {
  readonly #clock: Clock;
  readonly #listeners = new Set<OnEvent>();
  #history: SecretEvent[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  publish(event: Omit<SecretEvent, 'id' | 'at'>): void {
    const at = new Date(this.#clock.wallMs());
    const complete = { ...event, id: toId(event, at), at };
    this.#history.push(complete);
    if (this.#history.length > HISTORY_LENGTH) this.#history = this.#history.slice(-HISTORY_LENGTH);
    for (const onEvent of this.#listeners) onEvent(complete);
  }

  /** @returns what ends it */
  subscribe(onEvent: OnEvent): () => void {
    this.#listeners.add(onEvent);
    return () => void this.#listeners.delete(onEvent);
  }

  /** The event with this id, the last if there are more, as long as it is remembered. */
  find(id: string): SecretEvent | undefined {
    return this.#history.findLast((event) => event.id === id);
  }

  /** What happened after an event; everything that is remembered, when it is not. */
  since(last: SecretEvent | undefined): readonly SecretEvent[] {
    return this.#history.slice(last === undefined ? 0 : this.#history.lastIndexOf(last) + 1);
  }
}

/** What concerns a version happened once, wherever it was noticed; a provider fails for each daemon apart. */
function toId({ type, provider, path, version, previousVersion }: Omit<SecretEvent, 'id' | 'at'>, at: Date): string {
  const moment = path === undefined ? at.getTime() : undefined;
  const parts = [type, provider, path, version, previousVersion, moment].map((part) => part ?? null);
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
