import type { SourceStatus } from '../client/client.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { ProviderKind } from '../core/provider.ts';
import { EventHub } from '../notifications/event-hub.ts';
import { Metrics } from '../observability/metrics.ts';
import type { Composition, Surroundings } from './composition.ts';

export interface SurroundingsOptions {
  readonly kinds: readonly ProviderKind[];
  readonly clock: Clock;
  readonly log: Log;
  /** The one that serves at present. */
  readonly current: () => Composition | undefined;
}

/** What a composition needs around it. */
export function createSurroundings({ kinds, clock, log, current }: SurroundingsOptions): Surroundings {
  const statuses = (): readonly SourceStatus[] => current()?.client.status() ?? [];
  const metrics = new Metrics({
    cacheSize: () => current()?.cache.stats().entriesByProvider ?? new Map(),
    breakerStates: () => new Map(statuses().map(({ label, breaker }) => [label, breaker])),
    identityExpiryMs: () =>
      new Map(
        statuses().flatMap(({ label, identityExpiresInMs: ms }) => (ms === undefined ? [] : [[label, ms] as const])),
      ),
  });
  return {
    kinds,
    events: new EventHub(clock),
    metrics,
    clock,
    log,
    random: Math.random,
    onStoreChange: (instance) => current()?.client.storeChanged(instance),
    onBreakerChange: (source, state) => current()?.client.breakerChanged(source, state),
  };
}
