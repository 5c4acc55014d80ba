import { parseDuration } from '../core/duration.ts';
import { bySpecificity, parsePathPattern } from '../core/path-pattern.ts';
import { parseSize } from '../core/size.ts';
import type {
  AccessConfig,
  CacheConfig,
  Config,
  ListenAddress,
  ListenerConfig,
  PathMapping,
  ProviderConfig,
  SimulationConfig,
} from './config.ts';
import { deepFreeze } from './deep-freeze.ts';
import { isLocal, parseListenAddress } from './listen-address.ts';
import { providerOptions } from './provider-findings.ts';
import type {
  RawAccess,
  RawCache,
  RawConfig,
  RawListener,
  RawMapping,
  RawProvider,
  RawSimulation,
} from './raw-config.ts';
import { trimSlashes } from './value-rules.ts';

/**
 * The configuration in the units of the program, frozen.
 * @param settings must have passed every check
 */
export function toConfig(settings: unknown): Config {
  // The schema has been checked by then, and `RawConfig` is what it promises.
  const raw = settings as RawConfig;
  return deepFreeze({
    listen: raw.listen.map((listener) => toListener(listener, raw)),
    hosts: raw.hosts.map((host) => host.toLowerCase()),
    ops: { listen: raw.ops.listen.map((address) => toListener({ address }, { socket: raw.socket })) },
    drainMs: toMs(raw.drain),
    ...(raw.environment !== undefined && { environment: trimSlashes(raw.environment) }),
    ...toDefaultProvider(raw),
    providers: raw.providers.map(toProvider),
    pathMappings: raw.pathMappings.map(toMapping).sort((a, b) => bySpecificity(a.pattern, b.pattern)),
    cache: toCache(raw.cache),
    retry: { maxAttempts: raw.retry.maxAttempts },
    circuitBreaker: {
      failureThreshold: raw.circuitBreaker.failureThreshold,
      successThreshold: raw.circuitBreaker.successThreshold,
      resetTimeoutMs: toMs(raw.circuitBreaker.resetTimeout),
    },
    preload: raw.preload,
    rotation: { checkIntervalMs: toMs(raw.rotation.checkInterval) },
    budget: raw.budget,
    deadlineMs: toMs(raw.deadline),
    limits: { valueBytes: toBytes(raw.limits.value), bodyBytes: toBytes(raw.limits.body) },
    access: toAccess(raw.access),
    audit: raw.audit,
    notifications: raw.notifications,
    log: { level: raw.log.level },
    ...(raw.simulation !== undefined && { simulation: toSimulation(raw.simulation) }),
  });
}

/** What others reach has TLS, whichever is nearer; what only this machine reaches has it where it is said of the listener. */
function toListener(raw: string | RawListener, common: Pick<RawConfig, 'tls' | 'socket'>): ListenerConfig {
  const listener: RawListener = typeof raw === 'string' ? { address: raw } : raw;
  const { caller } = listener;
  const address = toAddress(listener.address);
  const tls = listener.tls ?? (isLocal(address) ? undefined : common.tls);
  const { mode, group } = { ...common.socket, ...listener.socket };
  return {
    address,
    ...(caller !== undefined && { caller }),
    ...(tls !== undefined && { tls }),
    socket: { mode: Number.parseInt(mode, 8), ...(group !== undefined && { group }) },
  };
}

function toAccess({ requiredHeader, jwt, ...access }: RawAccess): AccessConfig {
  const { audience = [] } = jwt ?? {};
  return {
    ...access,
    ...(jwt !== undefined && { jwt: { ...jwt, audience: typeof audience === 'string' ? [audience] : audience } }),
    ...(requiredHeader !== undefined && { requiredHeader: requiredHeader.toLowerCase() }),
  };
}

function toProvider(raw: RawProvider): ProviderConfig {
  return {
    name: raw.name,
    type: raw.type,
    attemptTimeoutMs: toMs(raw.attemptTimeout),
    options: providerOptions(raw),
  };
}

function toMapping(raw: RawMapping): PathMapping {
  return {
    pattern: parsePathPattern(raw.pattern),
    providers: typeof raw.provider === 'string' ? [raw.provider] : raw.provider,
    scope: {
      ...(raw.namespace !== undefined && { namespace: trimSlashes(raw.namespace) }),
      ...(raw.mount !== undefined && { mount: trimSlashes(raw.mount) }),
    },
    prefix: trimSlashes(raw.prefix),
    ...(raw.ttl !== undefined && { ttlMs: toMs(raw.ttl) }),
  };
}

function toCache(raw: RawCache): CacheConfig {
  return {
    ttlMs: toMs(raw.ttl),
    negativeTtlMs: toMs(raw.negativeTtl),
    maxEntries: raw.maxEntries,
    maxBytes: toBytes(raw.maxBytes),
    staleFallback: raw.staleFallback,
    maxStaleMs: toMs(raw.maxStale),
    refreshAheadMs: toMs(raw.refreshAhead),
    patienceMs: toMs(raw.patience),
    gracePeriodMs: toMs(raw.gracePeriod),
    ...(raw.persistence !== undefined && { persistence: raw.persistence }),
  };
}

function toSimulation({
  seed,
  scenario,
  faults,
  allowInProduction: _confirmed,
  ...raw
}: RawSimulation): SimulationConfig {
  return {
    ...raw,
    faults: { seed, ...(scenario !== undefined && { scenario }), faults },
  };
}

function toDefaultProvider(raw: RawConfig): { readonly defaultProvider?: string } {
  const only = raw.providers.length === 1 ? raw.providers[0]?.name : undefined;
  const name = raw.defaultProvider ?? only;
  return name === undefined ? {} : { defaultProvider: name };
}

const toMs = (value: unknown): number => checked(parseDuration(value));
const toBytes = (value: unknown): number => checked(parseSize(value));
const toAddress = (text: string): ListenAddress => checked(parseListenAddress(text));

function checked<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('the configuration was not checked');
  return value;
}
