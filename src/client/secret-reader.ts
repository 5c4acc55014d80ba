import type { Policy } from '../access/policy.ts';
import type { CacheEntry } from '../cache/cache-entry.ts';
import type { SecretCache } from '../cache/secret-cache.ts';
import type { AccessContext } from '../core/access-context.ts';
import type { Clock } from '../core/clock.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Access, AccessRecorder } from './access-recorder.ts';
import type { Route, Router, Target } from './router.ts';
import type { SecretFetcher } from './secret-fetcher.ts';

/** A read of one secret by one caller. */
export interface ReadRequest extends Target {
  readonly context: AccessContext;
  /** Wants a value that is at most a second old, never a stale one. */
  readonly fresh?: boolean;
  /** `resolve` when a reference asks; both are reads. */
  readonly operation?: 'get' | 'resolve';
}

/** What a read returned. */
export interface ReadAnswer {
  readonly entry: CacheEntry;
  /** From the cache, from the store, or an expired value because the store failed. */
  readonly outcome: 'hit' | 'miss' | 'stale';
}

export interface SecretReaderOptions {
  readonly clock: Clock;
  readonly policy: Policy;
  readonly router: Router;
  readonly cache: SecretCache;
  readonly fetcher: SecretFetcher;
  readonly recorder: AccessRecorder;
  readonly metrics: Metrics;
}

// Design §5: a value read within the last second satisfies `fresh`.
const FRESH_MS = 1_000;

/** The one way that every read of a value goes: policy, route, cache, single flight, record. */
export class SecretReader {
  readonly #options: SecretReaderOptions;

  constructor(options: SecretReaderOptions) {
    this.#options = options;
  }

  /**
   * Answers at once from the cache, else with a promise.
   * @throws SecretsError both ways; either way the access has been recorded.
   */
  read(request: ReadRequest): ReadAnswer | Promise<ReadAnswer> {
    const { clock, policy, router, cache } = this.#options;
    const { context, path, operation = 'get' } = request;
    const access: Access = { operation, path, context, startedMs: clock.monotonicMs() };
    let route: Route | undefined;
    try {
      policy.assertAllowed(context, operation);
      route = router.route(request);
      const entry = cache.get(route.identity.key);
      if (entry !== undefined) {
        const outcome = entry.isFresh(access.startedMs) ? 'hit' : 'stale';
        const satisfies = outcome === 'hit' && access.startedMs - entry.fetchedAtMs <= FRESH_MS;
        if (request.fresh !== true || satisfies) return this.#answered(access, { entry, outcome });
      }
      const refusal = request.fresh === true ? undefined : cache.getRefusal(route.identity.key);
      if (refusal !== undefined) throw refusal;
    } catch (error) {
      this.#options.recorder.failed(access, error, route?.instance.name);
      throw error;
    }
    return this.#fetch(access, route, request.fresh === true);
  }

  async #fetch(access: Access, route: Route, fresh: boolean): Promise<ReadAnswer> {
    const { fetcher, metrics, recorder } = this.#options;
    metrics.cacheMisses.inc({ provider: route.instance.name });
    try {
      const { entry, failure } = await fetcher.fetch(route, fresh);
      if (failure !== undefined && fresh) throw failure;
      return this.#answered(access, { entry, outcome: failure === undefined ? 'miss' : 'stale' });
    } catch (error) {
      recorder.failed(access, error, route.instance.name);
      throw error;
    }
  }

  #answered(access: Access, answer: ReadAnswer): ReadAnswer {
    const { identity, secret, aliases } = answer.entry;
    const { metrics, recorder } = this.#options;
    if (access.path !== identity.path) aliases.add(access.path);
    if (answer.outcome === 'hit') metrics.hits(identity.provider).inc();
    if (answer.outcome === 'stale') metrics.staleServed.inc({ provider: identity.provider });
    recorder.succeeded(access, {
      provider: identity.provider,
      version: secret.version,
      cached: answer.outcome !== 'miss',
    });
    return answer;
  }
}
