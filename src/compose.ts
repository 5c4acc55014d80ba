import { isDeepStrictEqual } from 'node:util';
import { createPolicy } from './access/policy.ts';
import { type AuditLog, createAuditLog, noAudit } from './audit/audit-log.ts';
import { SecretCache } from './cache/secret-cache.ts';
import { Client } from './client/client.ts';
import type { Instance } from './client/instance.ts';
import type { Config, ProviderConfig } from './config/config.ts';
import type { Clock } from './core/clock.ts';
import { ConfigurationError } from './core/errors/configuration-error.ts';
import type { Log } from './core/log.ts';
import type { ProviderKind } from './core/provider.ts';
import { type LineSink, openLineSink } from './observability/line-sink.ts';
import type { Metrics } from './observability/metrics.ts';
import { Breaker } from './resilience/breaker.ts';

/** What lives as long as the process, whatever the configuration says. */
export interface Surroundings {
  readonly kinds: readonly ProviderKind[];
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 to 1, for all jitter. */
  readonly random: () => number;
  /** Told by a provider that noticed a change in its store. */
  readonly onStoreChange: (instance: string) => void;
}

/** The client and what it is made of, for one configuration. */
export interface Composition {
  readonly config: Config;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly cache: SecretCache;
  readonly client: Client;
  readonly auditSink?: LineSink;
}

/**
 * Builds the object graph of a configuration and starts its providers. Of the previous one it takes over what has not
 * changed: instances with their identity and breaker, the cache with its entries, the audit sink.
 * @throws ConfigurationError for a setting that can never work; nothing has been changed then.
 */
export async function compose(around: Surroundings, config: Config, previous?: Composition): Promise<Composition> {
  const instances = new Map(
    config.providers.map((provider) => [provider.name, toInstance(around, config, { provider, previous })]),
  );
  const added = [...instances.values()].filter(({ name }) => instances.get(name) !== previous?.instances.get(name));
  try {
    await Promise.all(added.map(({ name, provider }) => provider.start(() => around.onStoreChange(name))));
    const auditSink = await openAuditSink(around, config, previous);
    const cache = toCache(around, config, previous);
    const audit: AuditLog = auditSink === undefined ? noAudit : createAuditLog(auditSink, around.clock);
    const policy = createPolicy(config.access.callers);
    const client = new Client({ ...around, config, instances, cache, policy, audit });
    return { config, instances, cache, client, ...(auditSink !== undefined && { auditSink }) };
  } catch (error) {
    await Promise.all(added.map(closeInstance));
    throw error;
  }
}

/** Forgets what was read from the instances that `next` does not take over. */
export function forgetReplaced(composition: Composition, next: Composition): void {
  for (const { name } of endedInstances(composition, next)) {
    composition.client.dropInstance(name);
    // It may have taken over the entries.
    next.client.dropInstance(name);
  }
}

/** Closes what the composition does not share with the one that stays. */
export async function retire(composition: Composition, staying?: Composition): Promise<void> {
  await Promise.all(endedInstances(composition, staying).map(closeInstance));
  if (composition.auditSink !== staying?.auditSink) await composition.auditSink?.close();
}

const endedInstances = (composition: Composition, staying?: Composition): readonly Instance[] =>
  [...composition.instances.values()].filter((instance) => staying?.instances.get(instance.name) !== instance);

async function closeInstance({ provider, breaker }: Instance): Promise<void> {
  breaker.close();
  await provider.close();
}

interface InstancePlan {
  readonly provider: ProviderConfig;
  readonly previous: Composition | undefined;
}

function toInstance(around: Surroundings, config: Config, { provider, previous }: InstancePlan): Instance {
  const { name, type, attemptTimeoutMs, options } = provider;
  const { clock, log, metrics } = around;
  const known = previous?.instances.get(name);
  const before = previous?.config.providers.find((candidate) => candidate.name === name);
  const isSame = isDeepStrictEqual(before, provider);
  if (known !== undefined && isSame && isDeepStrictEqual(previous?.config.circuitBreaker, config.circuitBreaker)) {
    return known;
  }
  const kind = around.kinds.find((candidate) => candidate.type === type);
  if (kind === undefined) throw new TypeError(`no provider of type '${type}'`);
  const recordIdentityCall = (status: string): void =>
    metrics.providerCalls.inc({ provider: name, call: 'identity', status });
  return {
    name,
    provider: kind.create(name, options, { clock, log, recordIdentityCall }),
    breaker: new Breaker({
      name,
      clock,
      ...config.circuitBreaker,
      onStateChange: (state) => log.warn({ provider: name, state }, 'circuit breaker changed its state'),
    }),
    attemptTimeoutMs,
  };
}

function toCache(around: Surroundings, config: Config, previous: Composition | undefined): SecretCache {
  if (previous !== undefined && isDeepStrictEqual(previous.config.cache, config.cache)) return previous.cache;
  const { clock, random, metrics } = around;
  const onEvict = (provider: string, reason: string): void => metrics.cacheEvictions.inc({ provider, reason });
  const cache = new SecretCache({ clock, random, onEvict, ...config.cache });
  if (previous !== undefined) cache.adopt(previous.cache);
  return cache;
}

async function openAuditSink(
  { metrics, log }: Surroundings,
  { audit }: Config,
  previous: Composition | undefined,
): Promise<LineSink | undefined> {
  if (!audit.enabled) return undefined;
  if (previous?.auditSink !== undefined && previous.config.audit.sink === audit.sink) return previous.auditSink;
  const onError = (err: Error): void => {
    metrics.auditErrors.inc();
    log.error({ err }, 'the audit sink failed');
  };
  try {
    return await openLineSink({ target: audit.sink, onError });
  } catch (cause) {
    throw new ConfigurationError('MissingEndpoint', `the audit file '${audit.sink}' cannot be opened`, { cause });
  }
}
