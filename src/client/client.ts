import type { Policy } from '../access/policy.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Representation } from '../cache/cache-entry.ts';
import type { CacheStats, SecretCache } from '../cache/secret-cache.ts';
import type { Config } from '../config/config.ts';
import type { AccessContext } from '../core/access-context.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Page, SecretVersion } from '../core/secret.ts';
import { parseSecretPrefix } from '../core/secret-path.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { BreakerState } from '../resilience/breaker.ts';
import { type Access, AccessRecorder } from './access-recorder.ts';
import type { Instance } from './instance.ts';
import {
  type DescribeRequest,
  type ListRequest,
  type LocatedMetadata,
  MetadataReader,
  type VersionsRequest,
} from './metadata-reader.ts';
import { Router } from './router.ts';
import { SecretFetcher } from './secret-fetcher.ts';
import { type ReadAnswer, type ReadRequest, SecretReader } from './secret-reader.ts';
import { type LastOutcome, StoreCalls } from './store-calls.ts';

export interface ClientOptions {
  readonly config: Config;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly cache: SecretCache;
  readonly policy: Policy;
  readonly audit: AuditLog;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: Clock;
  /** 0 to 1, for all jitter. */
  readonly random: () => number;
}

/** How one instance is doing. */
export interface InstanceStatus extends LastOutcome {
  readonly name: string;
  readonly type: string;
  readonly breaker: BreakerState;
  readonly identityExpiresInMs?: number;
}

/** Everything that can be asked of the stores, for one caller at a time. Behind every door: HTTP and references. */
export class Client {
  readonly #options: ClientOptions;
  readonly #recorder: AccessRecorder;
  readonly #router: Router;
  readonly #calls: StoreCalls;
  readonly #fetcher: SecretFetcher;
  readonly #secrets: SecretReader;
  readonly #metadata: MetadataReader;

  constructor(options: ClientOptions) {
    const { config, instances } = options;
    this.#options = options;
    this.#recorder = new AccessRecorder({ ...options, logAccess: !config.audit.enabled });
    this.#router = new Router({
      instances,
      mappings: config.pathMappings,
      ttlMs: config.cache.ttlMs,
      ...(config.defaultProvider !== undefined && { defaultProvider: config.defaultProvider }),
      ...(config.environment !== undefined && { environment: config.environment }),
    });
    this.#calls = new StoreCalls({ ...options, deadlineMs: config.deadlineMs, maxAttempts: config.retry.maxAttempts });
    this.#fetcher = new SecretFetcher({
      ...options,
      calls: this.#calls,
      maxValueBytes: config.limits.valueBytes,
      resetTimeoutMs: config.circuitBreaker.resetTimeoutMs,
    });
    const shared = { ...options, router: this.#router, recorder: this.#recorder };
    this.#secrets = new SecretReader({ ...shared, fetcher: this.#fetcher });
    this.#metadata = new MetadataReader({ ...shared, calls: this.#calls });
  }

  /** @see SecretReader.read */
  read(request: ReadRequest): ReadAnswer | Promise<ReadAnswer> {
    return this.#secrets.read(request);
  }

  /** A body of an answer, built once for as long as the value is kept. */
  represent(answer: ReadAnswer, name: string, build: () => Representation): Representation {
    return this.#options.cache.represent(answer.entry, name, build);
  }

  list(request: ListRequest): Promise<Page<LocatedMetadata>> {
    return this.#metadata.list(request);
  }

  describe(request: DescribeRequest): Promise<LocatedMetadata> {
    return this.#metadata.describe(request);
  }

  versions(request: VersionsRequest): Promise<Page<SecretVersion>> {
    return this.#metadata.versions(request);
  }

  /** Forgets every selector of one secret; what is under way is delivered, not kept. */
  invalidate(path: string, context: AccessContext): void {
    this.#invalidating(path, context, () => {
      const { identity } = this.#router.route({ path });
      this.#fetcher.invalidate((kept) => kept.secretKey === identity.secretKey || kept.path === path);
    });
  }

  /** Forgets every secret whose path, as callers write it, begins with the prefix. */
  invalidatePrefix(prefix: string, context: AccessContext): void {
    this.#invalidating(prefix, context, () => {
      parseSecretPrefix(prefix);
      this.#fetcher.invalidate((kept) => kept.path.startsWith(prefix));
    });
  }

  /** Records an access that was refused before it came here. */
  recordRefusal(access: Omit<Access, 'startedMs'>, error: unknown): void {
    this.#recorder.failed({ ...access, startedMs: this.#options.clock.monotonicMs() }, error, undefined);
  }

  /** Forgets everything of one instance, what is under way too. */
  dropInstance(name: string): void {
    this.#fetcher.invalidate((identity) => identity.provider === name);
  }

  status(): readonly InstanceStatus[] {
    return [...this.#options.instances.values()].map(({ name, provider, breaker }) => ({
      name,
      type: provider.type,
      breaker: breaker.state,
      ...provider.status(),
      ...this.#calls.lastOutcome(name),
    }));
  }

  cacheStats(): CacheStats {
    return this.#options.cache.stats();
  }

  #invalidating(path: string, context: AccessContext, work: () => void): void {
    const access = { operation: 'invalidate', path, context, startedMs: this.#options.clock.monotonicMs() } as const;
    try {
      this.#options.policy.assertAllowed(context, 'invalidate');
      work();
      this.#recorder.succeeded(access, { provider: 'none', cached: false });
    } catch (error) {
      this.#recorder.failed(access, error, undefined);
      throw error;
    }
  }
}
