import type { Client } from '../../client/client.ts';
import type { Clock } from '../../core/clock.ts';
import type { EventHub } from '../../notifications/event-hub.ts';
import type { Metrics } from '../../observability/metrics.ts';
import type { SimulationControl } from '../../core/simulation-control.ts';
import type { Resolver } from '../../resolver/resolver.ts';
import type { JsonObject } from '../../core/json-object.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { SecretBodies } from '../secret-body.ts';
import type { SecretReads } from '../secret-reads.ts';
import type { Watches } from '../watches.ts';

/** What the operations work with. */
export interface OperationTools {
  readonly client: Client;
  readonly resolver: Resolver;
  /** For what reads several secrets: they count against the caller's limit. */
  readonly charged: Pick<Client, 'readAll' | 'preview'>;
  readonly metrics: Metrics;
  readonly bodies: SecretBodies;
  readonly reads: SecretReads;
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
  readonly events: EventHub;
  readonly watches: Watches;
  /** Aborts when another configuration takes over or the daemon stops: what waits for something is to end. */
  readonly retired: AbortSignal;
  readonly contract: JsonObject;
  readonly about: DaemonFacts;
  /** In a simulation only. */
  readonly simulation?: Pick<SimulationControl, 'mode' | 'faults'>;
}

/** Facts for `/v1/status` that do not change. */
export interface DaemonFacts {
  readonly version: string;
  readonly startedAt: Date;
  readonly maxEntries: number;
  readonly maxBytes: number;
}
