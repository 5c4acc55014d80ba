import type { ServerResponse } from 'node:http';
import { ANONYMOUS } from '../access/caller-rules.ts';
import type { Watcher, WatchRequest } from '../client/watcher.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { CallerError } from '../core/errors/caller-error.ts';
import { RequestError } from '../core/errors/request-error.ts';
import type { SecretEvent } from '../core/secret-event.ts';
import type { EventHub } from '../notifications/event-hub.ts';
import { EventStream } from './event-stream.ts';
import { heartbeat, toServerSentEvent } from './server-sent-event.ts';

export interface WatchesOptions {
  readonly events: EventHub;
  readonly clock: Clock;
  /** That of the configuration that is in force. */
  readonly watcher: () => Pick<Watcher, 'isAllowed' | 'concerns' | 'concernsInTime' | 'touch'> | undefined;
}

export interface WatchOpening {
  readonly request: WatchRequest;
  readonly response: ServerResponse;
  /** The last event that the reader has seen, when it was here before. */
  readonly lastEventId?: string;
}

const MAX_WATCHES = 256;
// So that one caller leaves room for the others.
const MAX_WATCHES_OF_ONE = 64;
const HEARTBEAT_MS = 15_000;
const REVIEW_MS = 1_000;

/** The watches that are open. They outlive a change of the configuration as long as it allows them. */
export class Watches {
  readonly #options: WatchesOptions;
  readonly #open = new Map<WatchRequest, EventStream>();
  #reviewTimer: Timer | undefined;

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  /** @throws RequestError `Overloaded`; CallerError `CallerRateLimited` for one who has many already */
  assertRoom(caller: string): void {
    if (this.#open.size >= MAX_WATCHES)
      throw new RequestError('Overloaded', `the daemon serves no more than ${MAX_WATCHES} watches`);
    // Whoever shows nothing may be many.
    if (caller === ANONYMOUS) return;
    const { length } = [...this.#open.keys()].filter(({ context }) => context.caller === caller);
    if (length >= MAX_WATCHES_OF_ONE)
      throw new CallerError('CallerRateLimited', `caller '${caller}' has ${MAX_WATCHES_OF_ONE} watches already`);
  }

  /** Looks up what is needed to tell which of the missed events concern the reader. */
  async prepare(request: WatchRequest, lastEventId?: string): Promise<void> {
    const { events, watcher } = this.#options;
    if (lastEventId === undefined) return;
    const last = events.find(lastEventId);
    if (last !== undefined) await watcher()?.concernsInTime(request, last);
    await Promise.all(
      this.#missed(request, lastEventId).map(async (event) => watcher()?.concernsInTime(request, event)),
    );
  }

  open({ request, response, lastEventId }: WatchOpening): void {
    // It may have gone while its access was looked at; then it has said so already.
    if (response.destroyed) return;
    const { events, clock, watcher } = this.#options;
    let timer: Timer | undefined;
    const stream = new EventStream({
      response,
      missed: this.#missed(request, lastEventId)
        .values()
        .filter((event) => this.#concerns(request, event))
        .map(toServerSentEvent),
      onEnd: () => {
        timer?.cancel();
        unsubscribe();
        this.#open.delete(request);
        if (this.#open.size === 0) this.#endReviews();
      },
    });
    const unsubscribe = events.subscribe(
      inOrder(
        (event) => watcher()?.concernsInTime(request, event) ?? false,
        (event) => stream.send(toServerSentEvent(event)),
      ),
    );
    this.#open.set(request, stream);
    this.#reviewTimer ??= clock.after(REVIEW_MS, () => this.#reviewAgain());
    const beat = (): void => {
      stream.send(heartbeat);
      void watcher()?.touch(request);
      timer = clock.after(HEARTBEAT_MS, beat);
    };
    beat();
  }

  /** An id can be guessed: one of an event that the reader cannot have seen is as unknown as any other. */
  #missed(request: WatchRequest, lastEventId: string | undefined): readonly SecretEvent[] {
    if (lastEventId === undefined) return [];
    const { events } = this.#options;
    const last = events.find(lastEventId);
    return events.since(last !== undefined && this.#concerns(request, last) ? last : undefined);
  }

  #concerns(request: WatchRequest, event: SecretEvent): boolean {
    return this.#options.watcher()?.concerns(request, event) === true;
  }

  /** A credential ends at any time. */
  #reviewAgain(): void {
    this.#reviewTimer = this.#options.clock.after(REVIEW_MS, () => this.#reviewAgain());
    this.review();
  }

  #endReviews(): void {
    this.#reviewTimer?.cancel();
    this.#reviewTimer = undefined;
  }

  /** Ends those that the configuration, or the end of the caller's credential, does not allow any more. */
  review(): void {
    const watcher = this.#options.watcher();
    for (const [request, stream] of this.#open) if (watcher?.isAllowed(request) !== true) stream.end();
  }

  /** Ends them all. */
  close(): void {
    this.#endReviews();
    for (const stream of this.#open.values()) stream.end();
  }
}

/** Passes on what is meant, in the order in which it came, also where it takes time to tell. */
function inOrder<T>(isMeant: (item: T) => boolean | Promise<boolean>, pass: (item: T) => void): (item: T) => void {
  let before: Promise<void> | undefined;
  return (item) => {
    const verdict = isMeant(item);
    if (before === undefined && typeof verdict === 'boolean') {
      if (verdict) pass(item);
      return;
    }
    const passInTurn = async (earlier: Promise<void> | undefined): Promise<void> => {
      await earlier;
      if (await verdict) pass(item);
      if (before === mine) before = undefined;
    };
    const mine = passInTurn(before);
    before = mine;
  };
}
