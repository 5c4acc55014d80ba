import type { Policy } from '../access/policy.ts';
import type { SecretCache } from '../cache/secret-cache.ts';
import type { AccessContext } from '../core/access-context.ts';
import type { Clock } from '../core/clock.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Access, AccessRecorder } from './access-recorder.ts';
import type { Failover, ReadAnswer } from './failover.ts';
import { Gathering } from './gathering.ts';
import { previewRead, type ReadPreview } from './read-preview.ts';
import type { Refresher } from './refresher.ts';
import type { Route, Router, Target } from './router.ts';
import type { StoreCalls } from './store-calls.ts';

/** A read of one secret by one caller. */
export interface ReadRequest extends Target {
  readonly context: AccessContext;
  /** Wants a value that is at most a second old, never a stale one. */
  readonly fresh?: boolean;
  /** `resolve` when a reference asks; both are reads. */
  readonly operation?: 'get' | 'resolve';
}

export interface SecretReaderOptions {
  readonly clock: Clock;
  readonly policy: Policy;
  readonly router: Router;
  readonly cache: SecretCache;
  readonly failover: Failover;
  readonly calls: StoreCalls;
  readonly refresher: Pick<Refresher, 'read'>;
  readonly recorder: AccessRecorder;
  readonly metrics: Metrics;
}

// Design §5: a value read within the last second satisfies `fresh`.
const FRESH_MS = 1_000;

/** The one way that every read of a value goes: policy, route, cache, sources, record. */
export class SecretReader {
  readonly #options: SecretReaderOptions;

  constructor(options: SecretReaderOptions) {
    this.#options = options;
  }

  /**
   * Answers at once from the cache, else with a promise.
   * @throws SecretsError both ways; either way the access has been recorded.
   */
  read(request: ReadRequest, gathering?: Gathering): ReadAnswer | Promise<ReadAnswer> {
    const { clock, policy, router, failover } = this.#options;
    const { context, path, operation = 'get' } = request;
    const access: Access = { operation, path, context, startedMs: clock.monotonicMs() };
    let route: Route | undefined;
    try {
      policy.assertAllowed(context, operation);
      route = router.route(request);
      const held = request.fresh === true ? this.#recent(route, access.startedMs) : failover.atHand(route);
      if (held !== undefined) return this.#answered(access, held);
    } catch (error) {
      this.#options.recorder.failed(access, error, route?.[0].source.name);
      throw error;
    }
    const found = route;
    return this.#asked(access, found, () =>
      request.fresh === true ? failover.fetchAnew(found) : failover.fetch(found, gathering),
    );
  }

  /** @see previewRead */
  preview(target: Target, context: AccessContext): ReadPreview {
    return previewRead(this.#options, target, context);
  }

  /**
   * Keeps a value in use as a read does, without giving it to anybody: no policy is asked and nothing is recorded.
   * @returns what a read would answer
   * @throws SecretsError both ways
   */
  touch(target: Target): ReadAnswer | Promise<ReadAnswer> {
    const { router, failover } = this.#options;
    const route = router.route(target);
    const held = failover.atHand(route);
    if (held !== undefined) return this.#used(target.path, held);
    return failover.fetch(route).then((answer) => this.#used(target.path, answer));
  }

  /**
   * Reads several secrets; a store that can is asked for many of them in one call. What the cache has is there at once,
   * what is refused is a promise that rejects.
   */
  readAll(requests: readonly ReadRequest[]): readonly (ReadAnswer | Promise<ReadAnswer>)[] {
    const gathering = new Gathering(this.#options.calls);
    const answers = requests.map((request) => {
      try {
        return this.read(request, gathering);
      } catch (error) {
        return Promise.reject<ReadAnswer>(error);
      }
    });
    gathering.flush();
    return answers;
  }

  #recent([{ identity }]: Route, nowMs: number): ReadAnswer | undefined {
    const entry = this.#options.cache.get(identity.key);
    const isRecent = entry?.isFresh(nowMs) === true && nowMs - entry.fetchedAtMs <= FRESH_MS;
    return isRecent ? { entry, outcome: 'hit' } : undefined;
  }

  async #asked(access: Access, [{ source }]: Route, ask: () => Promise<ReadAnswer>): Promise<ReadAnswer> {
    const { metrics, recorder } = this.#options;
    metrics.cacheMisses.inc({ provider: source.name });
    try {
      return this.#answered(access, await ask());
    } catch (error) {
      recorder.failed(access, error, source.name);
      throw error;
    }
  }

  #used(path: string, answer: ReadAnswer): ReadAnswer {
    const { clock, refresher } = this.#options;
    const { identity, aliases } = answer.entry;
    if (path !== identity.path) aliases.add(path);
    refresher.read(answer.entry, clock.monotonicMs());
    return answer;
  }

  #answered(access: Access, answer: ReadAnswer): ReadAnswer {
    const { entry, outcome } = answer;
    const { identity, secret, aliases } = entry;
    const { metrics, recorder, refresher } = this.#options;
    if (access.path !== identity.path) aliases.add(access.path);
    if (outcome === 'hit') metrics.hits(identity.provider).inc();
    if (outcome === 'stale') metrics.staleServed.inc({ provider: identity.provider });
    refresher.read(entry, access.startedMs);
    recorder.succeeded(access, {
      provider: identity.provider,
      version: secret.version,
      cached: outcome !== 'miss',
    });
    return answer;
  }
}
