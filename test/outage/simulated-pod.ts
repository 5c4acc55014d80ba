import { toCallerRules } from '../../src/access/caller-rules.ts';
import { Policy } from '../../src/access/policy.ts';
import { noAudit } from '../../src/audit/audit-log.ts';
import { SecretCache } from '../../src/cache/secret-cache.ts';
import { Pipeline } from '../../src/client/pipeline.ts';
import type { Source } from '../../src/client/source.ts';
import type { Config } from '../../src/config/config.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Log } from '../../src/core/log.ts';
import type { SecretProvider } from '../../src/core/provider.ts';
import { EventHub } from '../../src/notifications/event-hub.ts';
import { Metrics } from '../../src/observability/metrics.ts';
import { Breaker } from '../../src/resilience/breaker.ts';
import { CallBudget } from '../../src/resilience/call-budget.ts';

const nothing = (): undefined => undefined;
const silent: Log = { error: nothing, warn: nothing, info: nothing, debug: nothing, trace: nothing };
const none = <T>(): ReadonlyMap<string, T> => new Map<string, T>();

export interface SimulatedPodOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: () => number;
  readonly provider: SecretProvider;
  /** Shared by all pods: nobody looks at them, and each set costs. */
  readonly metrics: Metrics;
}

/** The pipeline of a daemon whose only store is `provider`, everything but the store and the time being real. */
export function createPod({ config, clock, random, provider, metrics }: SimulatedPodOptions): Pipeline {
  const { name } = provider;
  const cache = new SecretCache({ clock, random, onEvict: nothing, ...config.cache });
  const source: Source = {
    name,
    label: name,
    provider,
    breaker: new Breaker({
      name,
      clock,
      ...config.circuitBreaker,
      onStateChange: (state) => pipeline.breakerChanged(source, state),
    }),
    budget: new CallBudget({ name, clock, ...config.budget }),
    attemptTimeoutMs: 3_000,
  };
  const pipeline = new Pipeline({
    config,
    instances: new Map([[name, [source]]]),
    cache,
    policy: new Policy(toCallerRules('open', [])),
    audit: noAudit,
    events: new EventHub(clock),
    metrics,
    log: silent,
    clock,
    random,
  });
  return pipeline;
}

export const createMetrics = (): Metrics =>
  new Metrics({ cacheSize: none, breakerStates: none, identityExpiryMs: none });
