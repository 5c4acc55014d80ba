import { compose, forgetReplaced, leaveFile, retire } from './compose.ts';
import { useAudit } from './compose/audit.ts';
import type { Composition, Surroundings } from './compose/composition.ts';
import { createSurroundings } from './compose/create-surroundings.ts';
import type { Config } from './config/config.ts';
import { Server } from './http/server.ts';
import { Webhooks } from './notifications/webhooks.ts';
import { HeapKeeper, openHeap } from './observability/heap-keeper.ts';
import type { OpenTracing, Tracing } from './tracing/tracing.ts';
import { keepTickShape } from './observability/tick-shape.ts';
import { createLogger, type Logger } from './observability/logger.ts';
import { systemClock } from './core/clock.ts';
import type { ProviderKind } from './core/provider.ts';
import { version } from './version.ts';

interface Outgoing {
  end(): Promise<void>;
}

/** The running daemon: a composition behind a server, replaced as a whole when the configuration changes. */
export class Daemon {
  readonly #log: Logger;
  readonly #around: Surroundings;
  readonly #server: Server;
  readonly #webhooks: Webhooks;
  readonly #tracing: Tracing | undefined;
  readonly #heap = openHeap();
  #heapKeeper: HeapKeeper | undefined;
  #composition: Composition | undefined;
  /** Replaced, and still needed by what began with them. */
  readonly #outgoing = new Set<Outgoing>();

  /** @param openTracing - where traces are asked for */
  constructor(config: Config, kinds: readonly ProviderKind[], openTracing?: OpenTracing) {
    void keepTickShape();
    this.#log = createLogger(config.log);
    const around = createSurroundings({
      kinds,
      clock: systemClock,
      log: this.#log,
      current: () => this.#composition,
    });
    const { events, metrics } = around;
    metrics.collectProcess();
    this.#tracing = openTracing?.({ ...around, onSpans: (status, count) => metrics.traceSpans.inc({ status }, count) });
    const tracer = this.#tracing?.tracer;
    this.#around = tracer === undefined ? around : { ...around, tracer };
    this.#webhooks = new Webhooks({
      ...this.#around,
      onDelivery: (status) => metrics.webhookDeliveries.inc({ status }),
    });
    this.#server = new Server({ events, metrics, clock: systemClock, log: this.#log, tracer, version });
  }

  get log(): Logger {
    return this.#log;
  }

  /** @returns the names of the listeners. @throws ConfigurationError */
  async start(config: Config): Promise<readonly string[]> {
    const composition = await compose(this.#around, config);
    const names = await this.#serve(composition);
    useAudit(composition);
    this.#composition = composition;
    this.#webhooks.use(config.notifications.webhooks);
    composition.client.adoptEntries();
    this.#heapKeeper = new HeapKeeper(systemClock, this.#heap);
    return names;
  }

  /**
   * Takes a new configuration over, or keeps the old one as it is.
   * @returns the names of the listeners.
   * @throws ConfigurationError when it cannot
   */
  async reload(config: Config): Promise<readonly string[]> {
    const previous = this.#composition;
    const next = await compose(this.#around, config, previous);
    const names = await this.#serve(next, previous);
    this.#composition = next;
    this.#webhooks.use(config.notifications.webhooks);
    this.#log.level = config.log.level;
    useAudit(next);
    next.client.adoptEntries();
    if (previous !== undefined) this.#retireLater(previous, next);
    return names;
  }

  /** The file of the audit was moved away, or may have been. */
  reopenAudit(): void {
    this.#composition?.audit?.reopen();
  }

  /** For an end without a stop. */
  flushAudit(): void {
    this.#composition?.audit?.sink.flushNow();
  }

  /**
   * Drains, then ends everything; nothing in flight is lost.
   * @returns what a simulation found wanting, in words
   */
  async stop(): Promise<readonly string[]> {
    this.#heapKeeper?.close();
    await this.#server.stop();
    await Promise.all([...this.#outgoing].map((outgoing) => outgoing.end()));
    const retired = this.#composition && retire(this.#composition);
    await Promise.all([retired, this.#webhooks.close(), this.#tracing?.close()]);
    return this.#composition?.simulation?.complaints() ?? [];
  }

  /** Reads that are under way end within the deadline; until then they need their provider and their audit sink. */
  #retireLater(previous: Composition, next: Composition): void {
    leaveFile(previous, next);
    next.client.takeOver(previous.client);
    forgetReplaced(previous, next);
    const outgoing: Outgoing = {
      end: () => {
        timer.cancel();
        this.#outgoing.delete(outgoing);
        // What its last reads were lent.
        this.#composition?.client.takeOver(previous.client);
        return retire(previous, next);
      },
    };
    const timer = systemClock.after(previous.config.deadlineMs, () => void outgoing.end());
    this.#outgoing.add(outgoing);
  }

  async #serve(next: Composition, previous?: Composition): Promise<readonly string[]> {
    try {
      return await this.#server.use(next);
    } catch (error) {
      await retire(next, previous);
      throw error;
    }
  }
}
