import type { FastifyInstance } from 'fastify';
import type { Client } from '../client/client.ts';
import type { Callers } from '../access/callers.ts';
import type { RateLimits } from '../access/rate-limits.ts';
import type { Config, ListenerConfig } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Tracer } from '../core/tracer.ts';
import type { SimulationControl } from '../core/simulation-control.ts';
import type { EventHub } from '../notifications/event-hub.ts';
import type { Metrics } from '../observability/metrics.ts';
import { Resolver } from '../resolver/resolver.ts';
import { Admission } from './admission.ts';
import { createApp } from './app.ts';
import { chargedReads } from './charged-reads.ts';
import { loadContract } from './contract.ts';
import { contractOperations } from './contract-operations.ts';
import { createDispatch, type Dispatch, type Route } from './dispatch.ts';
import type { Lifecycle } from './lifecycle.ts';
import { type Listener, type ListenerOptions, openListener } from './listener.ts';
import type { OperationTools } from './operations/operation-tools.ts';
import { operationHandlers } from './operations/table.ts';
import { createRequestIds } from './request-context.ts';
import { createSecretBodies } from './secret-body.ts';
import { SecretReads } from './secret-reads.ts';
import { simulationHandlers } from './simulated/table.ts';
import { Watches } from './watches.ts';

export interface ServerOptions {
  readonly events: EventHub;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
  readonly tracer?: Tracer | undefined;
  readonly version: string;
}

/** What one configuration consists of, as far as HTTP is concerned. */
export interface Served {
  readonly config: Config;
  readonly client: Client;
  readonly callers: Callers;
  readonly limits: RateLimits;
  readonly simulation?: SimulationControl;
}

/** The same, at work. */
interface Serving {
  readonly app: FastifyInstance;
  readonly dispatch: Dispatch;
  readonly client: Client;
  /** Ends what waits for something. */
  readonly retired: AbortController;
}

type Binding = Pick<ListenerOptions, 'kind' | keyof ListenerConfig>;

// A secret is read as a whole, raw, or by some of its keys.
const URLS_PER_ENTRY = 4;
// Room for all of them is made at the start.
const MAX_URLS = 65_536;

/** The HTTP side of the daemon: the listeners, and the routes behind them, which a new configuration replaces. */
export class Server {
  readonly #options: ServerOptions;
  readonly #lifecycle: Lifecycle = { isStarted: false, isDraining: false, isClosing: false };
  readonly #nextRequestId = createRequestIds();
  readonly #startedAt: Date;
  readonly #listeners = new Map<string, Listener>();
  readonly #watches: Watches;
  #serving: Serving | undefined;
  #drainMs = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#startedAt = new Date(options.clock.wallMs());
    this.#watches = new Watches({ ...options, watcher: () => this.#serving?.client.watcher });
  }

  /**
   * Serves the client by its configuration from now on. Listeners that are new are opened, all or none; those that are
   * gone are closed when their requests are done.
   * @returns the names of the listeners.
   * @throws ConfigurationError when an address cannot be bound; then everything is as it was.
   */
  async use(served: Served): Promise<readonly string[]> {
    const { config, client } = served;
    const serving = await this.#toServing(served);
    const bindings = new Map(toBindings(config).map((binding) => [bindingKey(binding), binding]));
    const replaced = this.#serving;
    // Whoever comes in by the first listener while the others open is answered, too.
    this.#serving ??= serving;
    let changes: readonly (() => void)[];
    try {
      changes = await this.#prepare(bindings);
      await this.#open(new Map([...bindings].filter(([key]) => !this.#listeners.has(key))));
    } catch (error) {
      this.#serving = replaced;
      await serving.app.close();
      throw error;
    }
    this.#serving = serving;
    for (const change of changes) change();
    replaced?.retired.abort();
    this.#watches.review();
    this.#drainMs = config.drainMs;
    // The gate that `startupz` tells of: what is required has been read.
    void client.start().then(() => (this.#lifecycle.isStarted = true));
    const closed = this.#closeListeners((key) => !bindings.has(key));
    void Promise.all(closed).then(() => replaced?.app.close());
    return [...this.#listeners.values()].map(({ name }) => name);
  }

  /** Not ready any more; serves on for `drain`, then ends what waits, closes the listeners and lets the rest finish. */
  async stop(): Promise<void> {
    if (this.#lifecycle.isDraining) return;
    this.#lifecycle.isDraining = true;
    await new Promise<void>((resolve) => void this.#options.clock.after(this.#drainMs, resolve));
    this.#lifecycle.isClosing = true;
    this.#serving?.retired.abort();
    this.#watches.close();
    await Promise.all(this.#closeListeners(() => true));
    await this.#serving?.app.close();
  }

  /** What the configuration changes about the listeners that stay. */
  #prepare(bindings: ReadonlyMap<string, Binding>): Promise<readonly (() => void)[]> {
    const staying = [...this.#listeners].flatMap(([key, listener]) => {
      const binding = bindings.get(key);
      return binding === undefined ? [] : [listener.prepare(binding)];
    });
    return Promise.all(staying);
  }

  async #open(bindings: ReadonlyMap<string, Binding>): Promise<void> {
    const shared: Omit<ListenerOptions, keyof Binding> = {
      onRequest: (connection, request, response) => this.#serving?.dispatch(connection, request, response),
      nextRequestId: this.#nextRequestId,
      clock: this.#options.clock,
    };
    const opened = new Map<string, Listener>();
    try {
      for (const [key, binding] of bindings) {
        opened.set(key, await openListener({ ...binding, ...shared }));
      }
    } catch (error) {
      await Promise.all([...opened.values()].map((listener) => listener.close()));
      throw error;
    }
    for (const [key, listener] of opened) this.#listeners.set(key, listener);
  }

  #closeListeners(isGone: (key: string) => boolean): readonly Promise<void>[] {
    const gone = [...this.#listeners].filter(([key]) => isGone(key));
    for (const [key] of gone) this.#listeners.delete(key);
    return gone.map(([, listener]) => listener.close());
  }

  async #toServing(served: Served): Promise<Serving> {
    const { clock, log } = this.#options;
    const { config, client, simulation } = served;
    const retired = new AbortController();
    const tools = this.#toTools(served, retired.signal);
    const admission = this.#toAdmission(served);
    const operations = contractOperations(tools.contract);
    const { routes: app, isOverloaded } = await createApp({
      operations: operations.filter(({ isSimulated }) => !isSimulated || simulation !== undefined),
      handlers: new Map([
        ...operationHandlers(tools),
        ...(simulation === undefined ? [] : simulationHandlers({ client, simulation })),
      ]),
      client,
      admission,
      maxBodyBytes: config.limits.bodyBytes,
      lifecycle: this.#lifecycle,
      clock,
      log,
    });
    const route: Route = (request, response) => app.routing(request, response);
    const dispatch = createDispatch({ admission, isOverloaded, reads: tools.reads, route });
    return { app, dispatch, client, retired };
  }

  #toAdmission({ config, callers, limits }: Served): Admission {
    const { requiredHeader } = config.access;
    return new Admission({
      hosts: config.hosts,
      callers,
      ...(requiredHeader !== undefined && { requiredHeader }),
      limits,
      lifecycle: this.#lifecycle,
      nextRequestId: this.#nextRequestId,
    });
  }

  #toTools({ config, client, limits, simulation }: Served, retired: AbortSignal): OperationTools {
    const { events, metrics, clock, log, version } = this.#options;
    const { maxEntries, maxBytes } = config.cache;
    const lifecycle = this.#lifecycle;
    const charged = chargedReads(client, limits);
    const simulated = simulation === undefined ? {} : { simulation };
    const shared = { client, bodies: createSecretBodies(), lifecycle, clock, events, retired, ...simulated };
    return {
      ...shared,
      reads: new SecretReads({ ...shared, log, maxKnown: Math.min(MAX_URLS, URLS_PER_ENTRY * maxEntries) }),
      charged,
      resolver: new Resolver({ client: charged, clock, tracer: this.#options.tracer }),
      metrics,
      watches: this.#watches,
      contract: loadContract(),
      about: { version, startedAt: this.#startedAt, maxEntries, maxBytes },
    };
  }
}

const toBindings = ({ listen, ops }: Config): readonly Binding[] => [
  ...listen.map((listener) => ({ kind: 'api' as const, ...listener })),
  ...ops.listen.map((listener) => ({ kind: 'ops' as const, ...listener })),
];

/** What an open listener cannot change. */
const bindingKey = ({ kind, address, tls }: Binding): string =>
  JSON.stringify([kind, address, tls !== undefined, tls?.clientCa !== undefined]);
