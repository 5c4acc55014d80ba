import type { CredentialSetting } from '../core/credential-setting.ts';
import type { RawFault as FaultConfig } from '../core/fault.ts';
import type { ScenarioName, SimulationMode } from '../core/simulation-control.ts';
import type { CustomProviderConfig, ProviderConfig } from './provider-config.ts';
import type { Duration, Size } from './settings.ts';

/**
 * What `createSecretsClient` is told. The keys are those of the daemon's configuration (docs/configuration.md), with the
 * same checks and the same defaults but for three: a provider without a name is named after its type, and there is
 * neither an audit trail nor a log unless it is asked for. An object that was read from the daemon's file is taken as it
 * is: what concerns its listeners and callers (`listen`, `socket`, `hosts`, `ops`, `drain`, `tls`, `access`) is left
 * aside. Undefined keys count as left out.
 */
export interface SecretsConfig<Custom extends CustomProviderConfig = never> {
  /** The stores, at least one. */
  readonly providers: readonly (ProviderConfig | Custom)[];
  /** Name of the instance for paths without a mapping; may be left out when there is one. */
  readonly defaultProvider?: string;
  readonly cache?: CacheConfig;
  readonly retry?: RetryConfig;
  readonly circuitBreaker?: CircuitBreakerConfig;
  /** Writes an audit line for each access; short for `audit: { enabled: true }`. */
  readonly auditEnabled?: boolean;
  readonly pathMappings?: readonly PathMapping[];
  /** Put before every path in every store, after mappings have matched; callers leave it out. */
  readonly environment?: string;
  /** Read at the start and never evicted; `ready()` waits for the required ones. */
  readonly preload?: readonly { readonly path: string; readonly required?: boolean }[];
  /** How often the stores are asked for the version of what is in use; 0 is at refresh only. */
  readonly rotation?: { readonly checkInterval?: Duration };
  /** Calls to one store: so many a second, and so many at once after a quiet time. */
  readonly budget?: { readonly perSecond?: number; readonly burst?: number };
  /** Of one read, all sources and attempts included; `10s`. */
  readonly deadline?: Duration;
  readonly limits?: { readonly value?: Size };
  readonly audit?: AuditConfig;
  readonly notifications?: { readonly webhooks?: readonly WebhookConfig[] };
  /** Secrets that are made up, and faults; for tests. */
  readonly simulation?: SimulationConfig;
  /** JSON lines to standard error. A log of one's own goes into the second argument instead. */
  readonly log?: { readonly level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent' };
}

export interface CacheConfig {
  /** `5m`, ±10 %. */
  readonly ttl?: Duration;
  /** So long before its end a value that is in use is read anew, in the background; `1m`. */
  readonly refreshAhead?: Duration;
  /** `1000` */
  readonly maxEntries?: number;
  /** `64MiB` */
  readonly maxBytes?: Size;
  /** For what does not exist; `30s`. */
  readonly negativeTtl?: Duration;
  /** Whether the last good value answers while the store fails; `true`. */
  readonly staleFallback?: boolean;
  /** For how long after the last success; `24h`. */
  readonly maxStale?: Duration;
  /** How long a reader waits for the store when an expired value is at hand; `500ms`. */
  readonly patience?: Duration;
  /** How long a replaced value stays as `previous`; `5m`. */
  readonly gracePeriod?: Duration;
  /** A sealed file that the cache outlives the process in. Two processes must not share one. */
  readonly persistence?: {
    readonly file: string;
    /** 32 bytes, raw, hex or base64. */
    readonly key: CredentialSetting;
    /** Keys that it was sealed with before. */
    readonly previousKeys?: readonly CredentialSetting[];
  };
}

export interface RetryConfig {
  /** Caps the attempts of every kind of error; `5`. */
  readonly maxAttempts?: number;
}

export interface CircuitBreakerConfig {
  /** Consecutive failures that open it; `5`. */
  readonly failureThreshold?: number;
  /** Successes that close it again; `2`. */
  readonly successThreshold?: number;
  /** `30s` */
  readonly resetTimeout?: Duration;
}

/** Sends paths to a store; the most specific pattern wins. */
export interface PathMapping {
  /** Such as `app/**`. */
  readonly pattern: string;
  /** Name of an instance, or several in the order in which they are asked. */
  readonly provider: string | readonly string[];
  /** Put before the path in the store. */
  readonly prefix?: string;
  /** Of a Vault. */
  readonly namespace?: string;
  /** Of a Vault. */
  readonly mount?: string;
  /** In place of `cache.ttl`. */
  readonly ttl?: Duration;
}

/** The audit trail. With this section and no `enabled` in it there is one. */
export interface AuditConfig {
  readonly enabled?: boolean;
  /** `stdout`, or a file, at whose end is written. */
  readonly sink?: string;
  /** 32 bytes that chain the lines, so that a missing or changed one shows. */
  readonly key?: CredentialSetting;
  /** Answers nothing that was not written; `false`. */
  readonly failClosed?: boolean;
}

/** Stores that are made up or disturbed. */
export interface SimulationConfig {
  /** `live` disturbs the real stores; `mock` and `replay` take their place; see docs/simulation.md. */
  readonly mode?: SimulationMode;
  /** The secrets of a mock, or the cassette. */
  readonly file?: string;
  /** What a recording has of values; `fake`. */
  readonly values?: 'fake' | 'keep';
  /** Seals a recording with the real values: 32 bytes. */
  readonly key?: CredentialSetting;
  readonly replay?: {
    /** `key` */
    readonly match?: 'key' | 'order';
    /** `none` */
    readonly latencies?: 'none' | 'recorded';
    /** Of the daemon only: it ends with 1 when something recorded was not asked for. */
    readonly strict?: boolean;
  };
  /** What is drawn by chance is drawn from it. */
  readonly seed?: number;
  /** A set of faults by its name. */
  readonly scenario?: ScenarioName;
  readonly faults?: readonly FaultConfig[];
  /** Where `environment` is `prod`. */
  readonly allowInProduction?: boolean;
}

/** A receiver of events. */
export interface WebhookConfig {
  readonly url: string;
  /** Signs what is sent. */
  readonly key: CredentialSetting;
  readonly events?: readonly ('rotated' | 'deleted' | 'stale' | 'recovered')[];
  /** Allows `http://` to a host that is not this one. */
  readonly insecure?: boolean;
}
