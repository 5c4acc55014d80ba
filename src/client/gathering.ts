import type { BatchReader } from '../core/provider.ts';
import { isSecretsError, type SecretsError } from '../core/errors/secrets-error.ts';
import type { Secret } from '../core/secret.ts';
import type { TraceContext } from '../core/tracer.ts';
import { isTransient } from '../resilience/transient.ts';
import type { Stop } from './router.ts';
import type { StoreCalls } from './store-calls.ts';

/** How one of several questions is asked. */
export interface GatheredAsk {
  /** Asks for this one alone. */
  readonly askAlone: () => Promise<Secret>;
  readonly onFailure: (error: SecretsError) => void;
  /** One attempt, where another source is asked next. */
  readonly isBrief: boolean;
  readonly trace: TraceContext | undefined;
}

/** A question that waits for others to the same store. */
interface Waiting extends GatheredAsk {
  readonly stop: Stop;
  readonly batch: BatchReader;
  readonly resolve: (secret: Secret | Promise<Secret>) => void;
  readonly reject: (error: unknown) => void;
}

/** Collects the questions of one request, so that a store that can answers many of them in one call. */
export class Gathering {
  readonly #calls: StoreCalls;
  #waiting: Waiting[] = [];

  constructor(calls: StoreCalls) {
    this.#calls = calls;
  }

  /** The answer comes after `flush`. A store that has no such call is asked at once. */
  ask(stop: Stop, asked: GatheredAsk): Promise<Secret> {
    const { batch } = stop.store;
    if (batch?.takes(stop.location) !== true) return asked.askAlone();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...asked, stop, batch, resolve, reject });
    });
  }

  /** Asks everything that was collected. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const group of Map.groupBy(waiting, ({ stop }) => stop.store).values()) {
      const maxSize = group[0]?.batch.maxSize ?? 1;
      for (let at = 0; at < group.length; at += maxSize) void this.#askTogether(group.slice(at, at + maxSize));
    }
  }

  async #askTogether(group: readonly Waiting[]): Promise<void> {
    const [first] = group;
    if (first === undefined) return;
    if (group.length === 1) {
      first.resolve(first.askAlone());
      return;
    }
    try {
      const answers = await this.#calls.ask({
        source: first.stop.source,
        name: 'batch',
        subject: first.stop.location.id,
        run: (call) =>
          first.batch.get(
            group.map(({ stop }) => stop.location),
            call,
          ),
        onFailure: (error) => {
          if (isTransient(error)) for (const { onFailure } of group) onFailure(error);
        },
        isBrief: group.some(({ isBrief }) => isBrief),
        // A span has one parent: the call is told of with the first read that it answers.
        trace: first.trace,
      });
      for (const [index, { resolve, reject, stop, askAlone }] of group.entries()) {
        const answer = answers[index];
        if (isTransient(answer)) resolve(askAlone());
        else if (isSecretsError(answer)) {
          answer.addDetails({ provider: stop.source.name });
          reject(answer);
        } else if (answer === undefined) reject(new TypeError('a batch with fewer answers than questions'));
        else resolve(answer);
      }
    } catch (error) {
      // The call may not be permitted where single reads are.
      for (const { resolve, reject, askAlone } of group) {
        if (isTransient(error)) reject(error);
        else resolve(askAlone());
      }
    }
  }
}
