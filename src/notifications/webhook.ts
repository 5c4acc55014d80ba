import { pause } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import type { Log, LogFields } from '../core/log.ts';
import type { SecretEvent } from '../core/secret-event.ts';
import type { SendResult, SendWebhook } from './webhook-sender.ts';

/** What became of a delivery; `retried` is counted for each attempt that is made again. */
export type DeliveryStatus = 'delivered' | 'retried' | 'failed' | 'dropped';

export interface WebhookOptions {
  /** Its place in the configuration: the only name that it has in the log. */
  readonly index: number;
  readonly send: SendWebhook;
  readonly clock: Clock;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
  readonly log: Log;
  readonly onDelivery: (status: DeliveryStatus) => void;
}

const MAX_WAITING = 1_000;
// With the pauses between them about four minutes: a receiver may be deployed anew in that time.
const MAX_ATTEMPTS = 10;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const JITTER = 0.5;
const LAST_CHANCE_MS = 2_000;

/** Delivers events to one receiver, one after the other in their order. */
export class Webhook {
  readonly #options: WebhookOptions;
  readonly #waiting: SecretEvent[] = [];
  /** From then on nothing is waited for. */
  readonly #hurry = new AbortController();
  /** From then on nothing is sent. */
  readonly #end = new AbortController();
  #work: Promise<void> | undefined;

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  /** Takes an event to deliver; when too many wait already, the oldest is given up. */
  offer(event: SecretEvent): void {
    this.#waiting.push(event);
    if (this.#waiting.length > MAX_WAITING) this.#drop(this.#waiting.shift());
    this.#work ??= this.#deliverAll();
  }

  /** Gives what waits one more chance, for two seconds at most. */
  async close(): Promise<void> {
    this.#hurry.abort();
    const timer = this.#options.clock.after(LAST_CHANCE_MS, () => this.#end.abort());
    await this.#work;
    timer.cancel();
  }

  async #deliverAll(): Promise<void> {
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      if (this.#end.signal.aborted) this.#drop(event);
      else await this.#deliver(event);
    }
    this.#work = undefined;
  }

  async #deliver(event: SecretEvent): Promise<void> {
    const { send, log, onDelivery } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const result = await send(event, this.#end.signal);
      const fields = { ...this.#fields(event), attempt, reason: result.reason };
      if (result.verdict === 'delivered') {
        onDelivery('delivered');
        return;
      }
      if (result.verdict === 'refused' || attempt === MAX_ATTEMPTS || this.#hurry.signal.aborted) {
        onDelivery('failed');
        log.warn(fields, 'a webhook did not take an event, which is lost');
        return;
      }
      onDelivery('retried');
      log.info(fields, 'a webhook did not take an event, which will be sent again');
      await this.#pause(attempt, result);
    }
  }

  async #pause(attempt: number, { retryAfterMs = 0 }: SendResult): Promise<void> {
    const { clock, random } = this.#options;
    const backoffMs = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (1 - JITTER * random());
    const pauseMs = Math.min(Math.max(backoffMs, retryAfterMs), LONGEST_PAUSE_MS);
    // Cut short at the end; then the next attempt is the last.
    await pause(clock, pauseMs, this.#hurry.signal).catch(() => undefined);
  }

  #drop(event: SecretEvent | undefined): void {
    if (event === undefined) return;
    const { log, onDelivery } = this.#options;
    onDelivery('dropped');
    log.warn(this.#fields(event), 'an event was not sent to a webhook any more, and is lost');
  }

  #fields({ id, type }: SecretEvent): LogFields {
    return { webhook: this.#options.index, event_id: id, event: type };
  }
}
