import { type Composition, compose, forgetReplaced, retire, type Surroundings } from './compose.ts';
import type { Config } from './config/config.ts';
import { Server } from './http/server.ts';
import { createLogger, type Logger } from './observability/logger.ts';
import { Metrics } from './observability/metrics.ts';
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
  #composition: Composition | undefined;
  /** Replaced, and still needed by what began with them. */
  readonly #outgoing = new Set<Outgoing>();

  constructor(config: Config, kinds: readonly ProviderKind[]) {
    this.#log = createLogger(config.log);
    const metrics = new Metrics({
      cacheSize: () => this.#composition?.cache.stats().entriesByProvider ?? new Map(),
      breakerStates: () => new Map(this.#statuses().map(({ name, breaker }) => [name, breaker])),
      identityExpiryMs: () =>
        new Map(
          this.#statuses().flatMap(({ name, identityExpiresInMs: ms }) =>
            ms === undefined ? [] : [[name, ms] as const],
          ),
        ),
    });
    this.#around = {
      kinds,
      metrics,
      clock: systemClock,
      log: this.#log,
      random: Math.random,
      onStoreChange: (instance) => this.#composition?.client.dropInstance(instance),
    };
    this.#server = new Server({ metrics, clock: systemClock, log: this.#log, version });
  }

  get log(): Logger {
    return this.#log;
  }

  /** @returns the names of the listeners. @throws ConfigurationError */
  async start(config: Config): Promise<readonly string[]> {
    const composition = await compose(this.#around, config);
    const names = await this.#serve(composition);
    this.#composition = composition;
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
    this.#log.level = config.log.level;
    if (previous !== undefined) this.#retireLater(previous, next);
    return names;
  }

  /** Drains, then ends everything; nothing in flight is lost. */
  async stop(): Promise<void> {
    await this.#server.stop();
    await Promise.all([...this.#outgoing].map((outgoing) => outgoing.end()));
    if (this.#composition !== undefined) await retire(this.#composition);
  }

  /** Reads that are under way end within the deadline; until then they need their provider and their audit sink. */
  #retireLater(previous: Composition, next: Composition): void {
    forgetReplaced(previous, next);
    const outgoing: Outgoing = {
      end: () => {
        timer.cancel();
        this.#outgoing.delete(outgoing);
        return retire(previous, next);
      },
    };
    const timer = systemClock.after(previous.config.deadlineMs, () => void outgoing.end());
    this.#outgoing.add(outgoing);
  }

  async #serve(next: Composition, previous?: Composition): Promise<readonly string[]> {
    try {
      return await this.#server.use(next.config, next.client);
    } catch (error) {
      await retire(next, previous);
      throw error;
    }
  }

  #statuses(): ReturnType<Composition['client']['status']> {
    return this.#composition?.client.status() ?? [];
  }
}
