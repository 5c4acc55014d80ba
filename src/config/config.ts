import type { Operation } from '../core/access-context.ts';
import type { PathPattern } from '../core/path-pattern.ts';
import type { ProviderType } from '../core/provider.ts';

/** Where a listener binds. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** One provider instance. `options` fit the schema of its type, defaults filled in. */
export interface ProviderConfig {
  readonly name: string;
  readonly type: ProviderType;
  readonly attemptTimeoutMs: number;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Sends paths to an instance. */
export interface PathMapping {
  readonly pattern: PathPattern;
  readonly provider: string;
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
}

export interface BreakerConfig {
  /** Consecutive failures that open it. */
  readonly failureThreshold: number;
  /** Successes that close it again. */
  readonly successThreshold: number;
  readonly resetTimeoutMs: number;
}

export interface CallerConfig {
  readonly name: string;
  readonly operations: readonly Operation[];
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The configuration, parsed and frozen. Every default is filled in; an absent field means that it is not wanted. */
export interface Config {
  readonly listen: readonly ListenAddress[];
  /** Permissions of unix sockets. */
  readonly socket: { readonly mode: number; readonly group?: string };
  /** Allowed `Host` names besides the loopback ones, lower case, without port. */
  readonly hosts: readonly string[];
  readonly ops: { readonly listen: readonly ListenAddress[] };
  readonly drainMs: number;
  readonly environment?: string;
  readonly defaultProvider?: string;
  readonly providers: readonly ProviderConfig[];
  readonly pathMappings: readonly PathMapping[];
  readonly cache: CacheConfig;
  /** Caps the attempts of every kind of error. */
  readonly retry: { readonly maxAttempts: number };
  readonly circuitBreaker: BreakerConfig;
  /** Of one request to a store, all attempts included. */
  readonly deadlineMs: number;
  readonly limits: { readonly valueBytes: number; readonly bodyBytes: number };
  readonly access: { readonly mode: 'open'; readonly callers: readonly CallerConfig[] };
  readonly audit: { readonly enabled: boolean; readonly sink: string };
  readonly log: { readonly level: LogLevel };
}
