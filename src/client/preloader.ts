import type { SecretCache } from '../cache/secret-cache.ts';
import { backoffMs } from '../core/backoff.ts';
import type { PreloadConfig } from '../config/config.ts';
import type { Clock, Timer } from '../core/clock.ts';
import { isSecretsError } from '../core/errors/secrets-error.ts';
import type { Log } from '../core/log.ts';
import type { Failover } from './failover.ts';
import { Gathering } from './gathering.ts';
import type { Route, Router } from './router.ts';
import type { StoreCalls } from './store-calls.ts';

export interface PreloaderOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly cache: SecretCache;
  readonly router: Router;
  readonly failover: Failover;
  readonly calls: StoreCalls;
  readonly preload: readonly PreloadConfig[];
}

const MAX_RETRY_MS = 30_000;

/** Reads at the start what the configuration names, so that it is there before anybody asks. */
export class Preloader {
  readonly #options: PreloaderOptions;
  readonly #timers = new Set<Timer>();
  #isClosed = false;

  constructor(options: PreloaderOptions) {
    this.#options = options;
  }

  /** Resolves when every required secret has been read; what fails is tried again until it is there. */
  async start(): Promise<void> {
    const { cache, preload } = this.#options;
    const wanted = preload.flatMap(({ path, required }) => {
      const route = this.#route(path);
      return route === undefined ? [] : [{ route, required }];
    });
    cache.pin(new Set(wanted.flatMap(({ route }) => route.map(({ identity }) => identity.key))));
    const gathering = new Gathering(this.#options.calls);
    const reads = wanted.map(({ route, required }) => ({ required, read: this.#read(route, gathering) }));
    gathering.flush();
    await Promise.all(reads.filter(({ required }) => required).map(({ read }) => read));
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  async #read(route: Route, gathering?: Gathering): Promise<void> {
    const { failover, log } = this.#options;
    for (let failures = 1; !this.#isClosed; failures++) {
      try {
        await failover.fetch(route, failures === 1 ? { gathering } : {});
        return;
      } catch (error) {
        if (!isSecretsError(error)) throw error;
        const { provider, path } = route[0].identity;
        if (failures === 1)
          log.warn(
            { provider, secret_path: path, code: error.code },
            'a secret could not be preloaded and is tried again',
          );
      }
      await this.#pause(backoffMs(failures, MAX_RETRY_MS, this.#options.random));
    }
  }

  async #pause(delayMs: number): Promise<void> {
    const { clock } = this.#options;
    await new Promise<void>((resolve) => {
      const timer = clock.after(delayMs, () => {
        this.#timers.delete(timer);
        resolve();
      });
      this.#timers.add(timer);
    });
  }

  #route(path: string): Route | undefined {
    try {
      return this.#options.router.route({ path });
    } catch (error) {
      if (!isSecretsError(error)) throw error;
      this.#options.log.error({ secret_path: path, code: error.code, err: error }, 'a secret cannot be preloaded');
      return undefined;
    }
  }
}
