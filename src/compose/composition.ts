import type { AuditSink } from '../audit/audit-sink.ts';
import type { ChainKey } from '../audit/chain-key.ts';
import type { Callers } from '../access/callers.ts';
import type { RateLimits } from '../access/rate-limits.ts';
import type { CacheFile } from '../cache/persistence/cache-file.ts';
import type { SecretCache } from '../cache/secret-cache.ts';
import type { Client } from '../client/client.ts';
import type { Instances, Source } from '../client/source.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Tracer } from '../core/tracer.ts';
import type { ProviderKind } from '../core/provider.ts';
import type { EventHub } from '../notifications/event-hub.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { BreakerState } from '../resilience/breaker.ts';
import type { Simulation } from '../simulation/simulation.ts';

/** What lives as long as the process, whatever the configuration says. */
export interface Surroundings {
  readonly kinds: readonly ProviderKind[];
  readonly events: EventHub;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
  /** Where traces are asked for. */
  readonly tracer?: Tracer;
  /** 0 to 1, for all jitter. */
  readonly random: () => number;
  /** Told by a provider that noticed a change in its store. */
  readonly onStoreChange: (instance: string) => void;
  /** Told when the breaker of a source has changed its state. */
  readonly onBreakerChange: (source: Source, state: BreakerState) => void;
}

/** The cache, and the file it is kept in where that is wanted. */
export interface KeptCache {
  readonly cache: SecretCache;
  readonly cacheFile?: CacheFile;
}

/** Where the audit goes, and how it is sealed by this configuration. */
export interface OpenAudit {
  readonly sink: AuditSink;
  readonly key: ChainKey | undefined;
  /** The file may have been moved away. */
  reopen(): void;
  close(): Promise<void>;
}

/** The client and what it is made of, for one configuration. */
export interface Composition extends KeptCache {
  readonly config: Config;
  readonly instances: Instances;
  readonly client: Client;
  readonly audit?: OpenAudit;
  readonly simulation?: Simulation;
  readonly callers: Callers;
  readonly limits: RateLimits;
}
