import { createPolicy } from '../../src/access/policy.ts';
import type { AuditEvent } from '../../src/audit/audit-log.ts';
import { SecretCache, type SecretCacheOptions } from '../../src/cache/secret-cache.ts';
import { AccessRecorder } from '../../src/client/access-recorder.ts';
import type { Instance } from '../../src/client/instance.ts';
import { MetadataReader } from '../../src/client/metadata-reader.ts';
import { Router, type RouterOptions } from '../../src/client/router.ts';
import { SecretFetcher } from '../../src/client/secret-fetcher.ts';
import { type ReadAnswer, type ReadRequest, SecretReader } from '../../src/client/secret-reader.ts';
import { StoreCalls } from '../../src/client/store-calls.ts';
import type { AccessContext } from '../../src/core/access-context.ts';
import { Metrics } from '../../src/observability/metrics.ts';
import { Breaker } from '../../src/resilience/breaker.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';

export const context: AccessContext = { caller: 'anonymous', source: '127.0.0.1', requestId: 'r1' };

export const DEADLINE_MS = 10_000;
export const ATTEMPT_MS = 3_000;
export const TTL_MS = 300_000;
export const RESET_MS = 30_000;
export const MAX_VALUE_BYTES = 1_048_576;

export interface RigOptions {
  readonly cache?: Partial<SecretCacheOptions>;
  readonly router?: Partial<RouterOptions>;
  readonly maxAttempts?: number;
  /** More stores, under their names. */
  readonly others?: readonly FakeProvider[];
}

/** The pipeline of a read on one fake store called `files`, everything but the store and the time being real. */
export interface ClientRig {
  readonly clock: FakeClock;
  readonly provider: FakeProvider;
  readonly instance: Instance;
  readonly cache: SecretCache;
  readonly calls: StoreCalls;
  readonly fetcher: SecretFetcher;
  readonly router: Router;
  readonly reader: SecretReader;
  readonly metadata: MetadataReader;
  readonly audited: AuditEvent[];
  readonly log: RecordingLog;
  /** Reads `a`, or what else is asked for. */
  read(request?: Partial<ReadRequest>): ReadAnswer | Promise<ReadAnswer>;
  /** The samples of the metrics whose names begin with `prefix`, as `name{labels} value`, in their order. */
  samples(prefix: string): Promise<readonly string[]>;
}

export function toInstance(provider: FakeProvider, clock: FakeClock): Instance {
  const breaker = new Breaker({
    name: provider.name,
    clock,
    failureThreshold: 5,
    successThreshold: 2,
    resetTimeoutMs: RESET_MS,
    onStateChange: () => {},
  });
  return { name: provider.name, provider, breaker, attemptTimeoutMs: ATTEMPT_MS };
}

export function createClientRig(options: RigOptions = {}): ClientRig {
  const clock = new FakeClock();
  const provider = new FakeProvider();
  const instance = toInstance(provider, clock);
  const random = (): number => 0.5;
  const audited: AuditEvent[] = [];
  const log = new RecordingLog();
  const empty = (): Map<string, never> => new Map<string, never>();
  const metrics = new Metrics({ cacheSize: empty, breakerStates: empty, identityExpiryMs: empty });
  const cache = new SecretCache({ ...cacheDefaults, clock, random, ...options.cache });
  const others = (options.others ?? []).map((other) => toInstance(other, clock));
  const instances = new Map([instance, ...others].map((each) => [each.name, each]));
  const router = new Router({ instances, mappings: [], ttlMs: TTL_MS, defaultProvider: 'files', ...options.router });
  const maxAttempts = options.maxAttempts ?? 5;
  const calls = new StoreCalls({ clock, random, metrics, log, deadlineMs: DEADLINE_MS, maxAttempts });
  const limits = { maxValueBytes: MAX_VALUE_BYTES, resetTimeoutMs: RESET_MS };
  const fetcher = new SecretFetcher({ clock, cache, calls, metrics, log, ...limits });
  const audit = { record: (event: AuditEvent) => void audited.push(event) };
  const recorder = new AccessRecorder({ audit, metrics, clock, log, logAccess: false });
  const shared = {
    clock,
    policy: createPolicy([{ name: 'web', operations: ['get', 'list', 'describe'] }]),
    router,
    recorder,
  };
  const reader = new SecretReader({ ...shared, cache, fetcher, metrics });
  const metadata = new MetadataReader({ ...shared, calls });
  return {
    clock,
    provider,
    instance,
    cache,
    calls,
    fetcher,
    router,
    reader,
    metadata,
    audited,
    log,
    read: (request) => reader.read({ path: 'a', context, ...request }),
    samples: async (prefix) => (await metrics.text()).split('\n').filter((line) => line.startsWith(prefix)),
  };
}

const cacheDefaults = {
  negativeTtlMs: 30_000,
  maxEntries: 1_000,
  maxBytes: 64 * 1_024 ** 2,
  staleFallback: true,
  maxStaleMs: 86_400_000,
  onEvict: () => {},
};
