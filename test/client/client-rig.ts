import { mock } from 'node:test';
import type { Test } from 'tap';
import { type CallerSettings, toCallerRules } from '../../src/access/caller-rules.ts';
import { Policy } from '../../src/access/policy.ts';
import { type AuditEvent, type AuditLog, noAudit } from '../../src/audit/audit-log.ts';
import { SecretCache } from '../../src/cache/secret-cache.ts';
import type { ReadAnswer } from '../../src/client/failover.ts';
import { Pipeline } from '../../src/client/pipeline.ts';
import type { ReadRequest } from '../../src/client/secret-reader.ts';
import type { Source } from '../../src/client/source.ts';
import type { BudgetConfig, CacheConfig, Config } from '../../src/config/config.ts';
import { localConfig } from '../../src/config/load-config.ts';
import type { AccessContext } from '../../src/core/access-context.ts';
import type { ProviderKind } from '../../src/core/provider.ts';
import type { Tracer } from '../../src/core/tracer.ts';
import type { SecretEvent } from '../../src/core/secret-event.ts';
import { EventHub } from '../../src/notifications/event-hub.ts';
import { Metrics } from '../../src/observability/metrics.ts';
import { Breaker, type BreakerState } from '../../src/resilience/breaker.ts';
import { CallBudget } from '../../src/resilience/call-budget.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';

export const context: AccessContext = { caller: 'anonymous', source: '127.0.0.1', requestId: 'r1' };

export const DEADLINE_MS = 10_000;
export const ATTEMPT_MS = 3_000;
export const TTL_MS = 300_000;
export const RESET_MS = 30_000;
export const PATIENCE_MS = 500;
export const MAX_VALUE_BYTES = 1_048_576;

const kind: ProviderKind = {
  type: 'local',
  schema: { properties: { path: { type: 'string' } } },
  create: () => {
    throw new Error('the rig makes its providers itself');
  },
};

// Checking a configuration costs more than everything else that a rig needs.
const { config: defaultConfig } = localConfig('secrets.yaml', [kind]);

/** Every default, but that nothing is read ahead unless a test wants it. */
export function testConfig(): Config {
  return { ...defaultConfig, defaultProvider: 'files', cache: { ...defaultConfig.cache, refreshAheadMs: 0 } };
}

/** A caller that may read everything, unless it is said otherwise. */
export const toCaller = (name: string, rules: Partial<CallerSettings> = {}): CallerSettings => ({
  name,
  operations: ['get', 'list', 'describe'],
  allow: ['**'],
  deny: [],
  tags: {},
  ...rules,
});

const callers = [toCaller('web'), toCaller('operator', { operations: ['get', 'rotate', 'invalidate'] })];

export interface SourceOptions {
  readonly clock: FakeClock;
  readonly replica?: string;
  readonly budget?: BudgetConfig;
  readonly onStateChange?: (source: Source, state: BreakerState) => void;
}

export function toSource(provider: FakeProvider, options: SourceOptions): Source {
  const { clock, replica, budget = { perSecond: 50, burst: 500 }, onStateChange } = options;
  const { name } = provider;
  const label = replica === undefined ? name : `${name}/${replica}`;
  const source: Source = {
    name,
    label,
    provider,
    breaker: new Breaker({
      name: label,
      clock,
      failureThreshold: 5,
      successThreshold: 2,
      resetTimeoutMs: RESET_MS,
      onStateChange: (state) => onStateChange?.(source, state),
    }),
    budget: new CallBudget({ name, clock, ...budget }),
    attemptTimeoutMs: ATTEMPT_MS,
    ...(replica !== undefined && { replica }),
  };
  return source;
}

export interface RigOptions {
  readonly cache?: Partial<CacheConfig>;
  readonly config?: Partial<Config>;
  readonly budget?: BudgetConfig;
  readonly random?: () => number;
  /** One for many rigs, where making them would cost too much. */
  readonly metrics?: Metrics;
  readonly audit?: Partial<AuditLog>;
  readonly tracer?: Tracer;
  /** Besides `web` and `operator`. */
  readonly callers?: readonly CallerSettings[];
  /** More stores, under their names; those of one name are copies of one store, called `r1`, `r2` and so on. */
  readonly others?: readonly FakeProvider[];
}

/** The pipeline of a read on one fake store called `files`, everything but the store and the time being real. */
export interface ClientRig {
  readonly clock: FakeClock;
  readonly provider: FakeProvider;
  readonly source: Source;
  /** All of them, that of `provider` first. */
  readonly sources: readonly Source[];
  readonly cache: SecretCache;
  readonly pipeline: Pipeline;
  readonly calls: Pipeline['calls'];
  readonly fetcher: Pipeline['fetcher'];
  readonly router: Pipeline['router'];
  readonly metadata: Pipeline['metadata'];
  readonly audited: AuditEvent[];
  readonly events: SecretEvent[];
  readonly log: RecordingLog;
  /** Reads `a`, or what else is asked for. */
  readonly read: (request?: Partial<ReadRequest>) => ReadAnswer | Promise<ReadAnswer>;
  /** The samples of the metrics whose names begin with `prefix`, as `name{labels} value`, in their order. */
  readonly samples: (prefix: string) => Promise<readonly string[]>;
}

export function createClientRig(options: RigOptions = {}): ClientRig {
  const clock = new FakeClock();
  const provider = new FakeProvider();
  const log = new RecordingLog();
  const audited: AuditEvent[] = [];
  const events: SecretEvent[] = [];
  const hub = new EventHub(clock);
  hub.subscribe((event) => events.push(event));
  const metrics = options.metrics ?? noMetrics();
  const defaults = testConfig();
  const config: Config = { ...defaults, ...options.config, cache: { ...defaults.cache, ...options.cache } };
  const random = options.random ?? ((): number => 0.5);
  const onEvict = (name: string, reason: string): void => metrics.cacheEvictions.inc({ provider: name, reason });
  const cache = new SecretCache({ clock, random, onEvict, ...config.cache });
  const sources = toSources([provider, ...(options.others ?? [])], {
    clock,
    budget: options.budget ?? config.budget,
    onStateChange: (source, state) => pipeline.breakerChanged(source, state),
  });
  const names = sources.map(({ name }) => name);
  const pipeline = new Pipeline({
    config,
    instances: Map.groupBy(sources, ({ name }) => name),
    cache,
    policy: new Policy(
      toCallerRules('open', [
        ...callers.map((caller) => ({ ...caller, providers: names })),
        ...(options.callers ?? []),
      ]),
    ),
    audit: { ...noAudit, ...options.audit, record: (event) => void audited.push(event) },
    events: hub,
    metrics,
    log,
    clock,
    random,
    ...(options.tracer !== undefined && { tracer: options.tracer }),
  });
  const { calls, fetcher, router, metadata } = pipeline;
  return {
    clock,
    provider,
    sources,
    cache,
    pipeline,
    calls,
    fetcher,
    router,
    metadata,
    audited,
    events,
    log,
    source: only(sources, 0),
    read: (request) => pipeline.secrets.read({ path: 'a', context, ...request }),
    samples: async (prefix) => (await metrics.text()).split('\n').filter((line) => line.startsWith(prefix)),
  };
}

export function noMetrics(): Metrics {
  const empty = (): Map<string, never> => new Map<string, never>();
  return new Metrics({ cacheSize: empty, breakerStates: empty, identityExpiryMs: empty });
}

/** The item that a test knows to be there. */
export function only<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`there is no item ${index}`);
  return item;
}

/** What was answered at once. */
export function atOnce(answer: ReadAnswer | Promise<ReadAnswer>): ReadAnswer {
  if (answer instanceof Promise) throw new Error('it did not answer at once');
  return answer;
}

export const told = ({ outcome, entry }: ReadAnswer): readonly unknown[] => [outcome, entry.secret.value.expose()];

/** Time for the clock and for the breakers, whose state machine keeps its own timers. */
export function breakerTime(t: Test): (rig: ClientRig, ms: number) => Promise<void> {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  return async ({ clock }, ms) => {
    await clock.advance(ms);
    mock.timers.tick(ms);
    await clock.advance(0);
  };
}

function toSources(providers: readonly FakeProvider[], options: SourceOptions): readonly Source[] {
  const copies = new Map<string, number>();
  return providers.map((provider) => {
    const isCopied = providers.filter(({ name }) => name === provider.name).length > 1;
    const count = (copies.get(provider.name) ?? 0) + 1;
    copies.set(provider.name, count);
    return toSource(provider, { ...options, ...(isCopied && { replica: `r${count}` }) });
  });
}
