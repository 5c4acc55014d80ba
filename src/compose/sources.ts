import { isDeepStrictEqual } from 'node:util';
import type { Source } from '../client/source.ts';
import type { Config, ProviderConfig } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { ProviderKind, Replica, SecretProvider } from '../core/provider.ts';
import { Breaker } from '../resilience/breaker.ts';
import { CallBudget } from '../resilience/call-budget.ts';
import type { Simulation } from '../simulation/simulation.ts';
import type { Composition, Surroundings } from './composition.ts';

interface SourcePlan {
  readonly provider: ProviderConfig;
  readonly previous: Composition | undefined;
  readonly simulation: Simulation | undefined;
}

/**
 * One source for each copy of a provider's store. Where the provider's settings have not changed, it is the one of the
 * previous composition, with its identity; where nothing has, the whole source is.
 */
export function toSources(around: Surroundings, config: Config, plan: SourcePlan): readonly Source[] {
  const { provider, previous, simulation } = plan;
  const known = previous?.instances.get(provider.name);
  const before = previous?.config.providers.find(({ name }) => name === provider.name);
  const isSameStore = isDeepStrictEqual(before, provider) && previous?.simulation === simulation;
  if (previous !== undefined && known !== undefined && isSameStore) {
    const { circuitBreaker, budget } = previous.config;
    const isSame = isDeepStrictEqual(circuitBreaker, config.circuitBreaker) && isDeepStrictEqual(budget, config.budget);
    return isSame ? known : known.map((source) => toSource(around, config, source));
  }
  const kind = around.kinds.find(({ type }) => type === provider.type);
  if (kind === undefined) throw new TypeError(`no provider of type '${provider.type}'`);
  const replicas = kind.replicas?.(provider.options) ?? [];
  const copies = replicas.length > 0 ? replicas : [{ name: undefined, options: provider.options }];
  return copies.map((replica) => toSource(around, config, createCopy(around, { kind, provider, replica, simulation })));
}

/** A source without what the settings of all sources make. */
type Copy = Omit<Source, 'breaker' | 'budget'>;

interface Blueprint {
  readonly kind: ProviderKind;
  readonly provider: ProviderConfig;
  readonly replica: Omit<Replica, 'name'> & { readonly name: string | undefined };
  readonly simulation: Simulation | undefined;
}

function createCopy({ clock, log, metrics }: Surroundings, blueprint: Blueprint): Copy {
  const { kind, provider, replica, simulation } = blueprint;
  const { name, attemptTimeoutMs } = provider;
  const label = replica.name === undefined ? name : `${name}/${replica.name}`;
  metrics.expect(name, label);
  const recordIdentityCall = (status: string): void =>
    metrics.providerCalls.inc({ provider: label, call: 'identity', status });
  const create = (clock: Clock): SecretProvider =>
    kind.create(name, replica.options, { clock, log, recordIdentityCall });
  return {
    name,
    ...(replica.name !== undefined && { replica: replica.name }),
    label,
    provider: simulation?.provide({ name, label, type: kind.type, create }) ?? create(clock),
    attemptTimeoutMs,
  };
}

function toSource({ clock, log, onBreakerChange }: Surroundings, config: Config, copy: Copy): Source {
  const { name, label } = copy;
  const source: Source = {
    ...copy,
    breaker: new Breaker({
      name: label,
      clock,
      ...config.circuitBreaker,
      onStateChange: (state) => {
        log.warn({ provider: label, state }, 'circuit breaker changed its state');
        onBreakerChange(source, state);
      },
    }),
    budget: new CallBudget({ name, clock, ...config.budget }),
  };
  return source;
}
