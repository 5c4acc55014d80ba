import type { Policy } from '../access/policy.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { CacheEntry } from '../cache/cache-entry.ts';
import type { SecretCache } from '../cache/secret-cache.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Tracer } from '../core/tracer.ts';
import type { EventHub } from '../notifications/event-hub.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { BreakerState } from '../resilience/breaker.ts';
import { AccessRecorder } from './access-recorder.ts';
import { CheckedAccess } from './checked-access.ts';
import { Failover } from './failover.ts';
import { Gate } from './gate.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { MetadataReader } from './metadata-reader.ts';
import { Preloader } from './preloader.ts';
import { Prober } from './prober.ts';
import { Refresher } from './refresher.ts';
import { Rotator } from './rotator.ts';
import { Router } from './router.ts';
import { type Arrival, SecretFetcher } from './secret-fetcher.ts';
import { SecretReader } from './secret-reader.ts';
import { SourceOutcomes, type Turn } from './source-outcomes.ts';
import type { Instances, Source } from './source.ts';
import { StoreCalls } from './store-calls.ts';
import { TagReader } from './tag-reader.ts';
import { VersionChecker } from './version-checker.ts';
import { VersionChanges } from './version-changes.ts';
import { Watcher } from './watcher.ts';

export interface PipelineOptions {
  readonly config: Config;
  readonly instances: Instances;
  readonly cache: SecretCache;
  readonly policy: Policy;
  readonly audit: AuditLog;
  readonly events: EventHub;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Where traces are asked for. */
  readonly tracer?: Tracer;
  readonly clock: Clock;
  /** 0 to 1, for all jitter. */
  readonly random: () => number;
}

/** The parts that a read goes through, and those that work behind it, put together for one configuration. */
export class Pipeline {
  readonly recorder: AccessRecorder;
  readonly gate: Gate;
  readonly access: CheckedAccess;
  readonly router: Router;
  readonly outcomes: SourceOutcomes;
  readonly calls: StoreCalls;
  readonly fetcher: SecretFetcher;
  readonly leases: LeaseKeeper;
  readonly refresher: Refresher;
  readonly secrets: SecretReader;
  readonly metadata: MetadataReader;
  readonly rotator: Rotator;
  readonly watcher: Watcher;
  readonly #versions: VersionChanges;
  readonly #preloader: Preloader;
  readonly #checker: VersionChecker;
  readonly #events: EventHub;
  readonly #prober: Prober;

  constructor(options: PipelineOptions) {
    const { config } = options;
    this.#events = options.events;
    const { resetTimeoutMs } = config.circuitBreaker;
    this.recorder = new AccessRecorder({ ...options, logAccess: !config.audit.enabled });
    this.router = new Router({ ...options, ...toRouting(config) });
    this.outcomes = new SourceOutcomes({
      ...options,
      onTurn: (source, turn) => this.#turned(source, turn),
    });
    const { outcomes, router, recorder } = this;
    const { deadlineMs, retry } = config;
    this.calls = new StoreCalls({ ...options, outcomes, deadlineMs, maxAttempts: retry.maxAttempts });
    const { calls } = this;
    const tags = new TagReader({ ...options, ...config.cache, calls });
    this.gate = new Gate({ ...options, router, tags });
    const { gate } = this;
    this.access = new CheckedAccess({ ...options, gate, recorder });
    this.fetcher = new SecretFetcher({
      ...options,
      calls,
      onArrival: (arrival) => this.#arrived(arrival),
      onRefusal: (refusal) => this.#versions.refused(refusal),
      maxValueBytes: config.limits.valueBytes,
      resetTimeoutMs,
    });
    const { fetcher } = this;
    this.leases = new LeaseKeeper({ ...options, ...config.cache, calls });
    this.refresher = new Refresher({ ...options, ...config.cache, fetcher, leases: this.leases, resetTimeoutMs });
    this.#prober = new Prober(options.clock, calls);
    const failover = new Failover({ ...options, ...config.cache, fetcher, deadlineMs });
    const { access, refresher } = this;
    this.secrets = new SecretReader({ ...options, gate, recorder, failover, calls, refresher });
    this.metadata = new MetadataReader({ access, router, calls });
    this.rotator = new Rotator({ ...options, access, calls, refresher });
    this.watcher = new Watcher({ access, gate, secrets: this.secrets });
    this.#versions = new VersionChanges({ ...options, ...config.cache });
    this.#preloader = new Preloader({ ...options, preload: config.preload, router, failover, calls });
    this.#checker = new VersionChecker({ ...options, ...config.rotation, router, calls, fetcher });
  }

  /** Looks after a value that it has not read itself. */
  adopt(entry: CacheEntry): void {
    const stop = this.router.find(entry.identity);
    if (stop !== undefined) this.refresher.kept(stop, entry);
  }

  /** Resolves when every required secret of `preload` has been read. */
  start(): Promise<void> {
    this.#checker.start();
    return this.#preloader.start();
  }

  /** Ends what works in the background. */
  rest(): void {
    this.#preloader.close();
    this.#checker.close();
    this.#prober.close();
    this.refresher.close();
  }

  /** Likewise, and gives back what was lent. */
  async close(): Promise<void> {
    this.rest();
    await this.leases.close();
  }

  /** The breaker of a source has changed its state. */
  breakerChanged(source: Source, state: BreakerState): void {
    if (state === 'half_open') void this.#prober.probe(source);
    if (state === 'closed') this.#worksAgain(source);
  }

  /** The source is asked again: what expired meanwhile falls due. */
  #worksAgain(source: Source): void {
    this.fetcher.endRests();
    this.refresher.refreshExpired(source);
  }

  #turned(source: Source, turn: Turn): void {
    // Else it is not asked yet, but for probes.
    if (turn === 'recovered' && source.breaker.state === 'closed') this.#worksAgain(source);
    this.#events.publish({ type: turn, provider: source.name });
  }

  #arrived(arrival: Arrival): void {
    const { stop, entry, isKept, replaced } = arrival;
    this.#versions.arrived(arrival);
    this.leases.hold(stop, entry);
    if (isKept) this.refresher.kept(stop, entry);
    if (replaced !== undefined) this.leases.replaced(replaced);
  }
}

/** What a configuration says of ways to stores. */
export const toRouting = ({ pathMappings, cache, defaultProvider, environment }: Config) => ({
  mappings: pathMappings,
  ttlMs: cache.ttlMs,
  maxEntries: cache.maxEntries,
  ...(defaultProvider !== undefined && { defaultProvider }),
  ...(environment !== undefined && { environment }),
});
