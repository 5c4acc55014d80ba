import type { Operation } from '../core/access-context.ts';
import type { CredentialSetting } from '../core/credential-setting.ts';
import type { PathPattern } from '../core/path-pattern.ts';
import type { SecretEventType } from '../core/secret-event.ts';
import type { Scope } from '../core/provider.ts';
import type { FaultSettings, SimulationMode } from '../core/simulation-control.ts';

/** Where a listener binds. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** PEM files of a listener. */
export interface ListenerTls {
  readonly cert: string;
  readonly key: string;
  /** Clients need a certificate of one of these authorities. */
  readonly clientCa?: string;
}

/** Permissions of a unix socket. */
export interface SocketConfig {
  readonly mode: number;
  /** Name or number. */
  readonly group?: string;
}

/** A door. */
export interface ListenerConfig {
  readonly address: ListenAddress;
  /** Whoever comes in here is this caller. */
  readonly caller?: string;
  readonly tls?: ListenerTls;
  /** Of a unix socket. */
  readonly socket: SocketConfig;
}

/** One provider instance. `options` fit the schema of its type, defaults filled in. */
export interface ProviderConfig {
  readonly name: string;
  readonly type: string;
  readonly attemptTimeoutMs: number;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Sends paths to an instance, or to several in order. */
export interface PathMapping {
  readonly pattern: PathPattern;
  /** Names of instances; the next is asked when one cannot answer. */
  readonly providers: readonly string[];
  /** Where in the store, for a store that has such places. */
  readonly scope: Scope;
  /** Put before the path in the store, without slashes at its ends; may be empty. A lone `/` gives a leading slash. */
  readonly prefix: string;
  /** Overrides `cache.ttl`. */
  readonly ttlMs?: number;
}

export interface CacheConfig {
  readonly ttlMs: number;
  readonly negativeTtlMs: number;
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly staleFallback: boolean;
  readonly maxStaleMs: number;
  /** So long before its end a value that is in use is read anew. */
  readonly refreshAheadMs: number;
  /** How long a reader waits for the store when an expired value is at hand. */
  readonly patienceMs: number;
  /** How long a replaced value is kept as `previous`. */
  readonly gracePeriodMs: number;
  readonly persistence?: PersistenceConfig;
}

/** The cache on disk. */
export interface PersistenceConfig {
  readonly file: string;
  /** 32 bytes. */
  readonly key: CredentialSetting;
  /** Keys that it was sealed with before; it is sealed anew with `key`. */
  readonly previousKeys: readonly CredentialSetting[];
}

export interface BreakerConfig {
  /** Consecutive failures that open it. */
  readonly failureThreshold: number;
  /** Successes that close it again. */
  readonly successThreshold: number;
  readonly resetTimeoutMs: number;
}

export interface PreloadConfig {
  readonly path: string;
  readonly required: boolean;
}

/** Calls to one source. */
export interface BudgetConfig {
  readonly perSecond: number;
  /** At once, after a quiet time. */
  readonly burst: number;
}

/** The record of every access. */
export interface AuditConfig {
  readonly enabled: boolean;
  /** `stdout`, or a file. */
  readonly sink: string;
  /** 32 bytes, for the chain of the lines. */
  readonly key?: CredentialSetting;
  /** Answers nothing that was not written. */
  readonly failClosed: boolean;
}

/** A receiver of events. */
export interface WebhookConfig {
  readonly url: string;
  /** Signs what is sent. */
  readonly key: CredentialSetting;
  readonly events: readonly SecretEventType[];
  /** Allows `http://` to a host other than this one. */
  readonly insecure: boolean;
}

/** A caller: how it is known, and what it may do. */
export interface CallerConfig {
  readonly name: string;
  /** Its tokens, one a line, in token mode. */
  readonly token?: CredentialSetting;
  /** Of its JSON web token. */
  readonly subject?: string;
  readonly operations: readonly Operation[];
  /** Path patterns; absent where nothing is said, which means nothing but for `anonymous` in open mode. */
  readonly allow?: readonly string[];
  readonly deny: readonly string[];
  /** Instances that its requests may name. */
  readonly providers?: readonly string[];
  /** How often it may ask. */
  readonly rateLimit?: BudgetConfig;
  /** What has to be among a secret's tags. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Who may call. */
export interface AccessConfig {
  readonly mode: 'open' | 'token' | 'jwt';
  /** Small letters. A request without this header is refused. */
  readonly requiredHeader?: string;
  readonly jwt?: JwtConfig;
  readonly callers: readonly CallerConfig[];
}

/** What stands in for the stores, or between them and their readers. */
export interface SimulationConfig {
  readonly mode: SimulationMode;
  /** The values of the mock, or the cassette. */
  readonly file?: string;
  /** What a recording has of values. */
  readonly values: 'fake' | 'keep';
  /** Seals a recording with the real values: 32 bytes. */
  readonly key?: CredentialSetting;
  readonly replay: {
    readonly match: 'key' | 'order';
    readonly latencies: 'none' | 'recorded';
    /** Whether the daemon fails at its end when something recorded was not asked for. */
    readonly strict: boolean;
  };
  readonly faults: FaultSettings;
}

/** Which JSON web tokens count. */
export interface JwtConfig {
  readonly issuer: string;
  /** One of them has to be among those of the token. */
  readonly audience: readonly string[];
  readonly algorithms: readonly string[];
  /** One of the two: where the keys are. */
  readonly jwksUri?: string;
  readonly jwksFile?: string;
  /** PEM file of the authority of that server. */
  readonly ca?: string;
  /** Our own, for that server. */
  readonly token?: CredentialSetting;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The configuration, parsed and frozen. Every default is filled in; an absent field means that it is not wanted. */
export interface Config {
  readonly listen: readonly ListenerConfig[];
  /** Allowed `Host` names besides the loopback ones, lower case, without port. */
  readonly hosts: readonly string[];
  readonly ops: { readonly listen: readonly ListenerConfig[] };
  readonly drainMs: number;
  readonly environment?: string;
  readonly defaultProvider?: string;
  readonly providers: readonly ProviderConfig[];
  readonly pathMappings: readonly PathMapping[];
  readonly cache: CacheConfig;
  /** Caps the attempts of every kind of error. */
  readonly retry: { readonly maxAttempts: number };
  readonly circuitBreaker: BreakerConfig;
  /** Read at the start and kept; the daemon is not ready before the required ones are there. */
  readonly preload: readonly PreloadConfig[];
  /** How often the store is asked for the version of what is in use; 0 for never. */
  readonly rotation: { readonly checkIntervalMs: number };
  readonly budget: BudgetConfig;
  /** Of one request to a store, all attempts included. */
  readonly deadlineMs: number;
  readonly limits: { readonly valueBytes: number; readonly bodyBytes: number };
  readonly access: AccessConfig;
  readonly audit: AuditConfig;
  readonly notifications: { readonly webhooks: readonly WebhookConfig[] };
  readonly log: { readonly level: LogLevel };
  /** Absent when the stores are real, as they should be. */
  readonly simulation?: SimulationConfig;
}
