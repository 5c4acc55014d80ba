/* The configuration as it is written, after the schema has been checked and its defaults were filled in. */
import type {
  AccessConfig,
  AuditConfig,
  JwtConfig,
  ListenerTls,
  LogLevel,
  PersistenceConfig,
  SimulationConfig,
  WebhookConfig,
} from './config.ts';
import type { RawFault } from '../core/fault.ts';
import type { ScenarioName } from '../core/simulation-control.ts';

/** A duration or a size as written. */
type Amount = string | number;

export interface RawConfig {
  readonly listen: readonly (string | RawListener)[];
  readonly socket: RawSocket;
  readonly tls?: ListenerTls;
  readonly hosts: readonly string[];
  readonly ops: { readonly listen: readonly string[] };
  readonly drain: Amount;
  readonly environment?: string;
  readonly defaultProvider?: string;
  readonly providers: readonly RawProvider[];
  readonly pathMappings: readonly RawMapping[];
  readonly cache: RawCache;
  readonly retry: { readonly maxAttempts: number };
  readonly circuitBreaker: RawBreaker;
  readonly preload: readonly { readonly path: string; readonly required: boolean }[];
  readonly rotation: { readonly checkInterval: Amount };
  readonly budget: { readonly perSecond: number; readonly burst: number };
  readonly deadline: Amount;
  readonly limits: { readonly value: Amount; readonly body: Amount };
  readonly access: RawAccess;
  readonly audit: AuditConfig;
  readonly notifications: { readonly webhooks: readonly WebhookConfig[] };
  readonly log: { readonly level: LogLevel };
  readonly simulation?: RawSimulation;
}

export interface RawProvider {
  readonly name: string;
  readonly type: string;
  readonly attemptTimeout: Amount;
}

export interface RawMapping {
  readonly pattern: string;
  readonly provider: string | readonly string[];
  readonly namespace?: string;
  readonly mount?: string;
  readonly prefix: string;
  readonly ttl?: Amount;
}

export interface RawCache {
  readonly ttl: Amount;
  readonly negativeTtl: Amount;
  readonly maxEntries: number;
  readonly maxBytes: Amount;
  readonly staleFallback: boolean;
  readonly maxStale: Amount;
  readonly refreshAhead: Amount;
  readonly patience: Amount;
  readonly gracePeriod: Amount;
  readonly persistence?: PersistenceConfig;
}

export interface RawBreaker {
  readonly failureThreshold: number;
  readonly successThreshold: number;
  readonly resetTimeout: Amount;
}

export interface RawSimulation extends Omit<SimulationConfig, 'faults'> {
  readonly seed: number;
  readonly scenario?: ScenarioName;
  readonly faults: readonly RawFault[];
  readonly allowInProduction: boolean;
}

export interface RawAccess extends Omit<AccessConfig, 'jwt'> {
  readonly jwt?: Omit<JwtConfig, 'audience'> & { readonly audience: string | readonly string[] };
}

export interface RawSocket {
  readonly mode: string;
  readonly group?: string;
}

export interface RawListener {
  readonly address: string;
  readonly caller?: string;
  readonly tls?: ListenerTls;
  readonly socket?: Partial<RawSocket>;
}
