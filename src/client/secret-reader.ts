import type { SecretCache } from '../cache/secret-cache.ts';
import type { AccessContext, Operation } from '../core/access-context.ts';
import type { Clock } from '../core/clock.ts';
import type { Tracer } from '../core/tracer.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Access, AccessRecorder } from './access-recorder.ts';
import { within } from './access-span.ts';
import type { Failover, ReadAnswer } from './failover.ts';
import type { Gate } from './gate.ts';
import { Gathering } from './gathering.ts';
import { previewRead, type ReadPreview } from './read-preview.ts';
import type { Refresher } from './refresher.ts';
import type { Route, Target } from './router.ts';
import type { StoreCalls } from './store-calls.ts';

/** Who reads, and how. */
export interface Reader {
  readonly context: AccessContext;
  /** Wants a value that is at most a second old, never a stale one. */
  readonly fresh?: boolean;
  /** `resolve` when a reference asks; both are reads. */
  readonly operation?: 'get' | 'resolve';
}

/** A read of one secret by one caller. */
export interface ReadRequest extends Target, Reader {}

export interface SecretReaderOptions {
  readonly clock: Clock;
  readonly gate: Gate;
  readonly cache: SecretCache;
  readonly failover: Failover;
  readonly calls: StoreCalls;
  readonly refresher: Pick<Refresher, 'read'>;
  readonly recorder: AccessRecorder;
  readonly metrics: Metrics;
  readonly tracer?: Tracer;
}

/** A read that is under way. */
interface Reading {
  readonly access: Access;
  readonly isFresh: boolean;
  readonly gathering?: Gathering | undefined;
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
  read(request: ReadRequest): ReadAnswer | Promise<ReadAnswer> {
    return this.#read(request, request);
  }

  #read(target: Target, reader: Reader, gathering?: Gathering): ReadAnswer | Promise<ReadAnswer> {
    const { gate, recorder, clock, tracer } = this.#options;
    const { path } = target;
    const { operation = 'get' } = reader;
    // A reference is read as any secret is: its span has the same name.
    const span = tracer?.start('secrets.get', reader.context.trace, { secret_path: path, version: target.version });
    const context = within(span, reader.context);
    const access: Access = { operation, path, context, startedMs: clock.monotonicMs(), span };
    let route: Route | Promise<Route>;
    try {
      route = gate.pass(access, target);
    } catch (error) {
      recorder.failed(access, error, undefined);
      throw error;
    }
    const isFresh = reader.fresh === true;
    return route instanceof Promise
      ? this.#readLate(route, { access, isFresh })
      : this.#readBy(route, { access, isFresh, gathering });
  }

  /** What was collected may have been asked by then, so this one is asked alone. */
  async #readLate(late: Promise<Route>, reading: Reading): Promise<ReadAnswer> {
    let route: Route;
    try {
      route = await late;
    } catch (error) {
      this.#options.recorder.failed(reading.access, error, undefined);
      throw error;
    }
    return this.#readBy(route, reading);
  }

  #readBy(route: Route, { access, isFresh, gathering }: Reading): ReadAnswer | Promise<ReadAnswer> {
    const { failover, gate, metrics, recorder } = this.#options;
    const [{ source }] = route;
    let held: ReadAnswer | undefined;
    try {
      held = isFresh ? this.#recent(route, access.startedMs) : failover.atHand(route, access.startedMs);
    } catch (error) {
      recorder.failed(access, error, source.name);
      throw error;
    }
    if (held === undefined) {
      metrics.cacheMisses.inc({ provider: source.name });
      return this.#delivered(access, route, this.#ask(route, { access, isFresh, gathering }));
    }
    const found = held;
    const recheck = gate.recheck(access, route, found.entry.identity.secretKey);
    if (recheck !== undefined) {
      return this.#delivered(
        access,
        route,
        recheck.then(() => found),
      );
    }
    try {
      return this.#answered(access, found);
    } catch (error) {
      // It could not be recorded that it was answered; that it was not is kept for later.
      recorder.failed(access, error, source.name);
      throw error;
    }
  }

  #ask(route: Route, { access, isFresh, gathering }: Reading): Promise<ReadAnswer> {
    const { failover } = this.#options;
    const { trace } = access.context;
    return isFresh ? failover.fetchAnew(route, { trace }) : failover.fetch(route, { gathering, trace });
  }

  async #delivered(access: Access, route: Route, asked: Promise<ReadAnswer>): Promise<ReadAnswer> {
    const { gate, recorder } = this.#options;
    try {
      const answer = await asked;
      const recheck = gate.recheck(access, route, answer.entry.identity.secretKey);
      if (recheck !== undefined) await recheck;
      return this.#answered(access, answer);
    } catch (error) {
      recorder.failed(access, error, route[0].source.name);
      throw error;
    }
  }

  /** @see previewRead */
  preview(target: Target, context: AccessContext): ReadPreview {
    return previewRead(this.#options, target, context);
  }

  /**
   * Keeps a value in use as a read does, without giving it to anybody: nothing is recorded.
   * @returns what a read would answer
   * @throws SecretsError both ways
   */
  touch(request: ReadRequest, operation: Operation = 'get'): ReadAnswer | Promise<ReadAnswer> {
    const { gate } = this.#options;
    const route = gate.pass({ context: request.context, operation }, request);
    return route instanceof Promise
      ? route.then((late) => this.#touchBy(late, request.path))
      : this.#touchBy(route, request.path);
  }

  #touchBy(route: Route, path: string): ReadAnswer | Promise<ReadAnswer> {
    const { failover, clock } = this.#options;
    const held = failover.atHand(route, clock.monotonicMs());
    if (held !== undefined) return this.#used(path, held);
    return failover.fetch(route).then((answer) => this.#used(path, answer));
  }

  /**
   * Reads several secrets; a store that can is asked for many of them in one call. What the cache has is there at once,
   * what is refused is a promise that rejects.
   */
  readAll(targets: readonly Target[], reader: Reader): readonly (ReadAnswer | Promise<ReadAnswer>)[] {
    const gathering = new Gathering(this.#options.calls);
    const answers = targets.map((target) => {
      try {
        return this.#read(target, reader, gathering);
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
    if (outcome === 'stale') {
      metrics.staleServed.inc({ provider: identity.provider });
      access.span?.set({ stale: true });
    }
    refresher.read(entry, access.startedMs);
    recorder.succeeded(access, {
      provider: identity.provider,
      version: secret.version,
      cached: outcome !== 'miss',
    });
    return answer;
  }
}
