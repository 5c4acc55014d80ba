import { createAuditLog, noAudit } from './audit/audit-log.ts';
import { toCallerRules } from './access/caller-rules.ts';
import { Policy } from './access/policy.ts';
import { Client } from './client/client.ts';
import type { Source } from './client/source.ts';
import { openAudit } from './compose/audit.ts';
import { openCache } from './compose/cache.ts';
import type { Composition, OpenAudit, Surroundings } from './compose/composition.ts';
import { openSimulation, tellPaths, toRouted, withSimulationLog } from './compose/simulation.ts';
import { openAccess } from './compose/access.ts';
import { toSources } from './compose/sources.ts';
import type { Config } from './config/config.ts';
import type { SecretProvider } from './core/provider.ts';

/**
 * Builds the object graph of a configuration and starts its providers. Of the previous one it takes over what has not
 * changed: instances with their identity and breaker, the cache with its entries, the audit sink.
 * @throws ConfigurationError for a setting that can never work; nothing has been changed then.
 */
export async function compose(around: Surroundings, config: Config, previous?: Composition): Promise<Composition> {
  const simulation = await openSimulation(around, config, previous);
  const instances = new Map(
    config.providers.map((provider) => [provider.name, toSources(around, config, { provider, previous, simulation })]),
  );
  const known = providersOf(previous);
  const added = [...instances.values()].flat().filter(({ provider }) => !known.has(provider));
  let opened: OpenAudit | undefined;
  try {
    await Promise.all(added.map(({ name, provider }) => provider.start(() => around.onStoreChange(name))));
    opened = await openAudit(around, config.audit, previous);
    const kept = await openCache(around, config, previous);
    const { failClosed } = config.audit;
    const written =
      opened === undefined ? noAudit : createAuditLog({ sink: opened.sink, failClosed, clock: around.clock });
    const audit = withSimulationLog(written, simulation, around.log);
    const access = await openAccess(around, config, previous);
    const policy = new Policy(toCallerRules(config.access.mode, config.access.callers));
    const client = new Client({ ...around, config: toRouted(config), instances, cache: kept.cache, policy, audit });
    tellPaths(simulation, config);
    return {
      config,
      instances,
      ...kept,
      client,
      ...access,
      ...(opened !== undefined && { audit: opened }),
      ...(simulation !== undefined && { simulation }),
    };
  } catch (error) {
    if (opened?.sink !== previous?.audit?.sink) await opened?.close();
    await Promise.all(added.map(({ provider }) => provider.close()));
    if (simulation !== previous?.simulation) await simulation?.close();
    throw error;
  }
}

/** The file of the cache belongs to the composition that stays; the other one must not write an older state over it. */
export function leaveFile({ cacheFile, config }: Composition, staying: Composition): void {
  const file = config.cache.persistence?.file;
  if (cacheFile !== staying.cacheFile && file === staying.config.cache.persistence?.file) cacheFile?.stop();
}

/** Forgets what was read from the providers that `next` does not take over. */
export function forgetReplaced(composition: Composition, next: Composition): void {
  const staying = providersOf(next);
  for (const { name, provider } of sourcesOf(composition)) {
    if (staying.has(provider)) continue;
    composition.client.dropInstance(name);
    // It may have taken over the entries.
    next.client.dropInstance(name);
  }
}

/** Closes what the composition does not share with the one that stays. */
export async function retire(composition: Composition, staying?: Composition): Promise<void> {
  if (staying !== undefined) leaveFile(composition, staying);
  if (composition.callers !== staying?.callers) await composition.callers.close();
  await composition.client.close();
  const [sources, providers] = [new Set(sourcesOf(staying)), providersOf(staying)];
  for (const source of sourcesOf(composition)) if (!sources.has(source)) source.breaker.close();
  const ended = sourcesOf(composition).filter(({ provider }) => !providers.has(provider));
  await Promise.all(ended.map(({ provider }) => provider.close()));
  if (composition.cacheFile !== staying?.cacheFile) await composition.cacheFile?.close();
  if (composition.audit?.sink !== staying?.audit?.sink) await composition.audit?.close();
  if (composition.simulation !== staying?.simulation) await composition.simulation?.close();
}

const sourcesOf = (composition?: Composition): readonly Source[] => [...(composition?.instances.values() ?? [])].flat();

const providersOf = (composition?: Composition): ReadonlySet<SecretProvider> =>
  new Set(sourcesOf(composition).map(({ provider }) => provider));
