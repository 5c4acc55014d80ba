import type { Clock } from '../core/clock.ts';
import { isExposed } from '../core/endpoint-problem.ts';
import type { Log } from '../core/log.ts';
import { createHttpClient } from '../transport/http-client.ts';
import type { EventHub } from './event-hub.ts';
import { type DeliveryStatus, Webhook } from './webhook.ts';
import { createWebhookSender } from './webhook-sender.ts';
import type { WebhookSettings } from './webhook-settings.ts';

export interface WebhooksOptions {
  readonly events: EventHub;
  readonly clock: Clock;
  /** 0 to 1, for all jitter. */
  readonly random: () => number;
  readonly log: Log;
  readonly onDelivery: (status: DeliveryStatus) => void;
}

interface Active {
  close(): Promise<void>;
}

// Nothing of an answer but its status counts.
const MAX_ANSWER_BYTES = 1_048_576;

/** The receivers that the configuration names. */
export class Webhooks {
  readonly #options: WebhooksOptions;
  #active = new Map<string, Active>();
  /** Not wanted any more, and still at their last deliveries. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(options: WebhooksOptions) {
    this.#options = options;
  }

  /** Sends events to these from now on. Those that stay as they are keep what waits for them. */
  use(settings: readonly WebhookSettings[]): void {
    const previous = this.#active;
    const wanted = settings.map((each, index) => ({ each, index, key: JSON.stringify([index, each]) }));
    this.#active = new Map(wanted.map(({ each, index, key }) => [key, previous.get(key) ?? this.#open(each, index)]));
    for (const [key, gone] of previous) if (!this.#active.has(key)) this.#leave(gone);
  }

  /** Gives what waits a short chance. May be called twice. */
  async close(): Promise<void> {
    this.use([]);
    await Promise.all(this.#leaving);
  }

  #open(settings: WebhookSettings, index: number): Active {
    const { events, clock, random, log, onDelivery } = this.#options;
    if (isExposed(new URL(settings.url)))
      log.warn({ webhook: index }, "'insecure' is on: events travel to a webhook unencrypted");
    const http = createHttpClient({ maxResponseBytes: MAX_ANSWER_BYTES });
    const send = createWebhookSender({ settings, http, clock });
    const webhook = new Webhook({ index, send, clock, random, log, onDelivery });
    const unsubscribe = events.subscribe((event) => {
      if (settings.events.includes(event.type)) webhook.offer(event);
    });
    return {
      close: async () => {
        unsubscribe();
        await webhook.close();
        await http.close();
      },
    };
  }

  #leave(active: Active): void {
    const left = active.close().finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
  }
}
