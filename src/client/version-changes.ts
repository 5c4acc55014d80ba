import { isCurrent } from '../cache/cache-key.ts';
import type { SecretCache } from '../cache/secret-cache.ts';
import type { Log } from '../core/log.ts';
import type { EventHub } from '../notifications/event-hub.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Arrival, Refusal } from './secret-fetcher.ts';

export interface VersionChangesOptions {
  readonly cache: SecretCache;
  readonly events: EventHub;
  readonly metrics: Metrics;
  readonly log: Log;
  /** How long a replaced value is kept as `previous`. */
  readonly gracePeriodMs: number;
}

/** Notices that a secret has a new current version: tells it, and keeps the old value as `previous` for a while. */
export class VersionChanges {
  readonly #options: VersionChangesOptions;

  constructor(options: VersionChangesOptions) {
    this.#options = options;
  }

  /** A value was read; versions of one source only are compared. */
  arrived({ entry, replaced }: Arrival): void {
    if (replaced === undefined || !isCurrent(entry.identity) || entry.secret.lease !== undefined) return;
    const [version, previousVersion] = [entry.secret.version, replaced.secret.version];
    if (version === previousVersion) return;
    const { cache, events, metrics, log, gracePeriodMs } = this.#options;
    const { provider, path } = entry.identity;
    cache.keepPrevious(entry, replaced.secret, gracePeriodMs);
    metrics.rotations.inc({ provider });
    log.info({ provider, secret_path: path, version, previous_version: previousVersion }, 'secret rotated');
    for (const each of replaced.paths())
      events.publish({ type: 'rotated', provider, path: each, version, previousVersion });
  }

  /** The store says that there is no such secret any more. That we may not have it is between it and us. */
  refused({ error, kept }: Refusal): void {
    if (kept === undefined || error.code !== 'SecretDoesNotExist') return;
    const { provider } = kept.identity;
    const previousVersion = kept.secret.version;
    for (const path of kept.paths()) this.#options.events.publish({ type: 'deleted', provider, path, previousVersion });
  }
}
