import type { ServerResponse } from 'node:http';
import type { Watcher, WatchRequest } from '../client/watcher.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { RequestError } from '../core/errors/request-error.ts';
import type { SecretEvent } from '../core/secret-event.ts';
import type { EventHub } from '../notifications/event-hub.ts';
import { EventStream } from './event-stream.ts';
import { heartbeat, toServerSentEvent } from './server-sent-event.ts';

export interface WatchesOptions {
  readonly events: EventHub;
  readonly clock: Clock;
  /** That of the configuration that is in force. */
  readonly watcher: () => Pick<Watcher, 'isAllowed' | 'concerns' | 'touch'> | undefined;
}

export interface WatchOpening {
  readonly request: WatchRequest;
  readonly response: ServerResponse;
  /** The last event that the reader has seen, when it was here before. */
  readonly lastEventId?: string;
}

const MAX_WATCHES = 256;
const HEARTBEAT_MS = 15_000;

/** The watches that are open. They outlive a change of the configuration as long as it allows them. */
export class Watches {
  readonly #options: WatchesOptions;
  readonly #open = new Map<WatchRequest, EventStream>();

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  /** @throws RequestError `Overloaded` */
  assertRoom(): void {
    if (this.#open.size >= MAX_WATCHES)
      throw new RequestError('Overloaded', `the daemon serves no more than ${MAX_WATCHES} watches`);
  }

  open({ request, response, lastEventId }: WatchOpening): void {
    // It may have gone while its access was looked at; then it has said so already.
    if (response.destroyed) return;
    const { events, clock, watcher } = this.#options;
    const concerns = (event: SecretEvent): boolean => watcher()?.concerns(request, event) === true;
    const missed = lastEventId === undefined ? [] : events.since(lastEventId);
    let timer: Timer | undefined;
    const stream = new EventStream({
      response,
      missed: missed.values().filter(concerns).map(toServerSentEvent),
      onEnd: () => {
        timer?.cancel();
        unsubscribe();
        this.#open.delete(request);
      },
    });
    const unsubscribe = events.subscribe((event) => {
      if (concerns(event)) stream.send(toServerSentEvent(event));
    });
    this.#open.set(request, stream);
    const beat = (): void => {
      stream.send(heartbeat);
      void watcher()?.touch(request);
      timer = clock.after(HEARTBEAT_MS, beat);
    };
    beat();
  }

  /** Ends those that the configuration does not allow any more. */
  review(): void {
    const watcher = this.#options.watcher();
    for (const [request, stream] of this.#open) if (watcher?.isAllowed(request) !== true) stream.end();
  }

  /** Ends them all. */
  close(): void {
    for (const stream of this.#open.values()) stream.end();
  }
}
