import { DeferredCount } from './deferred-count.ts';
import { DurationHistogram } from './duration-histogram.ts';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** Values that are read when Prometheus asks, instead of being kept up to date. */
export interface MetricSources {
  /** Entries of each instance in the cache. */
  readonly cacheSize: () => ReadonlyMap<string, number>;
  /** State of each instance's breaker. */
  readonly breakerStates: () => ReadonlyMap<string, string>;
  /** Milliseconds until each instance's identity at its store ends. */
  readonly identityExpiryMs: () => ReadonlyMap<string, number>;
}

/** What is counted for one operation on one instance. The children are resolved once, since looking them up costs. */
export interface OperationMetrics {
  succeeded(seconds: number): void;
  failed(errorType: string, seconds: number): void;
}

const BREAKER_STATES = ['closed', 'open', 'half_open'] as const;
const SPAN_STATUSES = ['exported', 'failed', 'dropped'] as const;
const DELIVERY_STATUSES = ['delivered', 'retried', 'failed', 'dropped'] as const;
// From a cached read on a quiet core to the default deadline.
const DURATION_BUCKETS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/** All metrics (specification §1.8.2, design §8). No label ever holds a path. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #operations = new Map<string, Map<string, OperationMetrics>>();
  readonly #requests = this.#counter('secrets_requests_total', 'Operations on secrets.', [
    'provider',
    'operation',
    'status',
  ]);
  readonly #durations = new DurationHistogram({
    name: 'secrets_request_duration_seconds',
    help: 'Time from the request to its answer, cached or not.',
    buckets: DURATION_BUCKETS,
  });
  readonly #errors = this.#counter('secrets_errors_total', 'Failed operations by kind of error.', [
    'provider',
    'error_type',
  ]);
  readonly #deferred: DeferredCount[] = [];
  readonly #hits = new Map<string, DeferredCount>();
  readonly #cacheHits = this.#counter('secrets_cache_hits_total', 'Reads answered from the cache.', ['provider']);
  readonly cacheMisses = this.#counter('secrets_cache_misses_total', 'Reads that had to ask the store.', ['provider']);
  readonly cacheEvictions = this.#counter('secrets_cache_evictions_total', 'Entries dropped before their time.', [
    'provider',
    'reason',
  ]);
  readonly staleServed = this.#counter('secrets_stale_served_total', 'Reads answered with an expired value.', [
    'provider',
  ]);
  readonly providerCalls = this.#counter('secrets_provider_calls_total', 'Calls made to stores.', [
    'provider',
    'call',
    'status',
  ]);
  readonly largeValues = this.#counter('secrets_large_values_total', 'Values over 64 KiB read from stores.', [
    'provider',
  ]);
  readonly oddValues = this.#counter('secrets_odd_values_total', 'Values that were served in spite of their state.', [
    'provider',
    'warning',
  ]);
  readonly failoverServed = this.#counter('secrets_failover_served_total', 'Reads answered by a further source.', [
    'provider',
  ]);
  readonly refreshes = this.#counter('secrets_refresh_total', 'Values read anew before anyone had to wait.', [
    'provider',
    'status',
  ]);
  readonly rotationRequests = this.#counter('secrets_rotation_total', 'Rotations that were asked of stores.', [
    'provider',
    'status',
  ]);
  readonly rotations = this.#counter('secrets_rotations_detected_total', 'Secrets found with a new version.', [
    'provider',
  ]);
  readonly persistenceErrors = this.#counter('secrets_persistence_errors_total', 'Failures of the cache file.', []);
  readonly webhookDeliveries = this.#counter('secrets_webhook_deliveries_total', 'Events sent to webhooks.', [
    'status',
  ]);
  readonly auditDropped = this.#counter(
    'secrets_audit_dropped_total',
    'Audit lines lost: the sink failed too long.',
    [],
  );
  readonly callerRefusals = this.#counter('secrets_caller_refusals_total', 'Requests refused by the daemon itself.', [
    'caller',
    'code',
  ]);
  readonly keyReads = this.#counter('secrets_caller_key_reads_total', "Reads of the keys of callers' tokens.", [
    'status',
  ]);
  readonly traceSpans = this.#counter('secrets_trace_spans_total', 'Spans by what became of them.', ['status']);
  readonly auditErrors = this.#counter('secrets_audit_errors_total', 'Writes to the audit sink that failed.', []);

  constructor(sources: MetricSources) {
    this.#registry.registerMetric(this.#durations);
    for (const status of DELIVERY_STATUSES) this.webhookDeliveries.inc({ status }, 0);
    for (const status of SPAN_STATUSES) this.traceSpans.inc({ status }, 0);
    for (const status of ['success', 'error']) this.keyReads.inc({ status }, 0);
    this.#gauge('secrets_cache_size', 'Entries in the cache.', {
      labelNames: ['provider'],
      collect: (gauge) => {
        for (const [provider, entries] of sources.cacheSize()) gauge.set({ provider }, entries);
      },
    });
    this.#gauge('secrets_circuit_breaker_state', '1 for the state the breaker is in.', {
      labelNames: ['provider', 'state'],
      collect: (gauge) => {
        for (const [provider, current] of sources.breakerStates()) {
          for (const state of BREAKER_STATES) gauge.set({ provider, state }, state === current ? 1 : 0);
        }
      },
    });
    this.#gauge('secrets_identity_expiry_seconds', 'Time until our identity at the store ends.', {
      labelNames: ['provider'],
      collect: (gauge) => {
        for (const [provider, ms] of sources.identityExpiryMs()) gauge.set({ provider }, ms / 1_000);
      },
    });
  }

  /** Adds what Node tells of the process itself. It watches garbage collection and the event loop from then on. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  /**
   * Lets the counters of an instance begin at 0. Prometheus sees no increase in one that appears with its first event.
   * @param copy - one copy of the instance's store: its own name, or `name/replica`.
   */
  expect(provider: string, copy: string): void {
    for (const counter of [this.#cacheHits, this.cacheMisses, this.staleServed, this.rotations])
      counter.inc({ provider }, 0);
    this.refreshes.inc({ provider, status: 'success' }, 0);
    this.failoverServed.inc({ provider: copy }, 0);
  }

  /** The content type of `text()`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in the Prometheus text format. */
  text(): Promise<string> {
    for (const count of this.#deferred) count.flush();
    return this.#registry.metrics();
  }

  /** Reads of an instance that the cache answered. */
  hits(provider: string): DeferredCount {
    let hits = this.#hits.get(provider);
    if (hits === undefined) {
      hits = this.#defer(this.#cacheHits.labels(provider));
      this.#hits.set(provider, hits);
    }
    return hits;
  }

  operation(provider: string, operation: string): OperationMetrics {
    let operations = this.#operations.get(provider);
    if (operations === undefined) this.#operations.set(provider, (operations = new Map()));
    let metrics = operations.get(operation);
    if (metrics === undefined) operations.set(operation, (metrics = this.#resolve(provider, operation)));
    return metrics;
  }

  #resolve(provider: string, operation: string): OperationMetrics {
    const success = this.#defer(this.#requests.labels(provider, operation, 'success'));
    const error = this.#requests.labels(provider, operation, 'error');
    const duration = this.#durations.child({ provider, operation });
    return {
      succeeded: (seconds) => {
        success.inc();
        duration.observe(seconds);
      },
      failed: (errorType, seconds) => {
        error.inc();
        duration.observe(seconds);
        this.#errors.inc({ provider, error_type: errorType });
      },
    };
  }

  #defer(counter: { inc(value: number): void }): DeferredCount {
    const count = new DeferredCount(counter);
    this.#deferred.push(count);
    return count;
  }

  #counter<const L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }

  #gauge<const L extends string>(
    name: string,
    help: string,
    labels: { readonly labelNames: readonly L[]; readonly collect: (gauge: Gauge<L>) => void },
  ): void {
    const gauge = new Gauge({
      name,
      help,
      labelNames: [...labels.labelNames],
      registers: [],
      collect() {
        this.reset();
        labels.collect(this);
      },
    });
    this.#registry.registerMetric(gauge);
  }
}
