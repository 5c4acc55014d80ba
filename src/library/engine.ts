import type { Client } from '../client/client.ts';
import { compose, retire } from '../compose.ts';
import { useAudit } from '../compose/audit.ts';
import type { Composition, Surroundings } from '../compose/composition.ts';
import { createSurroundings } from '../compose/create-surroundings.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { ProviderKind } from '../core/provider.ts';
import { Webhooks } from '../notifications/webhooks.ts';

export interface EngineOptions {
  readonly config: Config;
  readonly kinds: readonly ProviderKind[];
  readonly clock: Clock;
  readonly log: Log;
}

/** The pipeline of the daemon without its server: one composition from the start to the end of a client. */
export class Engine {
  readonly around: Surroundings;
  readonly #webhooks: Webhooks;
  readonly #starting: Promise<Composition>;
  readonly #ended = Promise.withResolvers<never>();
  #composition: Composition | undefined;
  #preloaded: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  /** Begins to start. */
  constructor({ config, ...around }: EngineOptions) {
    this.around = createSurroundings({ ...around, current: () => this.#composition });
    const { webhookDeliveries } = this.around.metrics;
    this.#webhooks = new Webhooks({ ...this.around, onDelivery: (status) => webhookDeliveries.inc({ status }) });
    this.#starting = this.#start(config);
    // Whoever asks is told; a client that nobody asks must not end the program.
    this.#starting.catch((err: unknown) => around.log.error({ err }, 'the client cannot start'));
    this.#ended.promise.catch(() => undefined);
  }

  /** Undefined before the start and after the end. */
  get client(): Client | undefined {
    return this.#composition?.client;
  }

  /** @throws ConfigurationError when it cannot start; TypeError once it is closed. */
  async started(): Promise<Client> {
    this.#assertOpen();
    const { client } = await this.#starting;
    this.#assertOpen();
    return client;
  }

  /** Resolves when every required secret of `preload` has been read. @throws as `started` does */
  async ready(): Promise<void> {
    await this.started();
    await Promise.race([this.#preloaded, this.#ended.promise]);
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #start(config: Config): Promise<Composition> {
    const composition = await compose(this.around, config);
    useAudit(composition);
    this.#composition = composition;
    this.#webhooks.use(config.notifications.webhooks);
    composition.client.adoptEntries();
    this.#preloaded = composition.client.start();
    return composition;
  }

  async #end(): Promise<void> {
    this.#ended.reject(closedError());
    const composition = await this.#starting.catch(() => undefined);
    this.#composition = undefined;
    await Promise.all([composition && retire(composition), this.#webhooks.close()]);
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw closedError();
  }
}

const closedError = (): TypeError => new TypeError('the client has been closed');
