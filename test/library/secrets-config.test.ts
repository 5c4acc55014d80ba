import { test } from 'tap';
import { configSchema } from '../../src/config/schema.ts';
import type { RawFault } from '../../src/core/fault.ts';
import type {
  AuditConfig,
  CacheConfig,
  CircuitBreakerConfig,
  PathMapping,
  RetryConfig,
  SecretsConfig,
  SimulationConfig,
  WebhookConfig,
} from '../../src/library/secrets-config.ts';

// The compiler sees to it that these are the keys of the types, and the tests that they are those of the schema.
type KeysOf<T> = Record<keyof T, true>;
const root: KeysOf<SecretsConfig> = {
  providers: true,
  defaultProvider: true,
  cache: true,
  retry: true,
  circuitBreaker: true,
  auditEnabled: true,
  pathMappings: true,
  environment: true,
  preload: true,
  rotation: true,
  budget: true,
  deadline: true,
  limits: true,
  audit: true,
  notifications: true,
  simulation: true,
  log: true,
};
const cache: KeysOf<CacheConfig> = {
  ttl: true,
  refreshAhead: true,
  maxEntries: true,
  maxBytes: true,
  negativeTtl: true,
  staleFallback: true,
  maxStale: true,
  patience: true,
  gracePeriod: true,
  persistence: true,
};
const persistence: KeysOf<NonNullable<CacheConfig['persistence']>> = { file: true, key: true, previousKeys: true };
const retry: KeysOf<RetryConfig> = { maxAttempts: true };
const breaker: KeysOf<CircuitBreakerConfig> = { failureThreshold: true, successThreshold: true, resetTimeout: true };
const mapping: KeysOf<PathMapping> = {
  pattern: true,
  provider: true,
  prefix: true,
  namespace: true,
  mount: true,
  ttl: true,
};
const preloaded: KeysOf<NonNullable<SecretsConfig['preload']>[number]> = { path: true, required: true };
const budget: KeysOf<NonNullable<SecretsConfig['budget']>> = { perSecond: true, burst: true };
const audit: KeysOf<AuditConfig> = { enabled: true, sink: true, key: true, failClosed: true };
const webhook: KeysOf<WebhookConfig> = { url: true, key: true, events: true, insecure: true };
const simulation: KeysOf<SimulationConfig> = {
  mode: true,
  file: true,
  seed: true,
  scenario: true,
  faults: true,
  allowInProduction: true,
  key: true,
  replay: true,
  values: true,
};
const fault: KeysOf<RawFault> = {
  provider: true,
  path: true,
  operation: true,
  latency: true,
  slowBody: true,
  errorRate: true,
  code: true,
  retryAfter: true,
  resetRate: true,
  staleRate: true,
  outage: true,
  rotateEvery: true,
  clockSkew: true,
};

const keys = (value: object): readonly string[] => Object.keys(value).sort();

/** Keys of the schema at a path of properties; `*` is the items of a list. */
function schemaKeys(...path: readonly string[]): readonly string[] {
  let at: unknown = configSchema([]);
  for (const step of path) at = step === '*' ? Object(at).items : Object(at).properties[step];
  return keys(Object(at).properties);
}

test('the type of the configuration has the keys of the schema, but for what is the daemon’s alone', (t) => {
  const { auditEnabled, ...own } = root;
  t.ok(auditEnabled);
  const daemons = ['listen', 'socket', 'tls', 'hosts', 'ops', 'drain', 'access'];
  t.same(
    keys(own),
    schemaKeys().filter((key) => !daemons.includes(key)),
  );
  t.end();
});

test('and so have its sections', (t) => {
  const sections = [
    [cache, ['cache']],
    [persistence, ['cache', 'persistence']],
    [retry, ['retry']],
    [breaker, ['circuitBreaker']],
    [mapping, ['pathMappings', '*']],
    [preloaded, ['preload', '*']],
    [budget, ['budget']],
    [audit, ['audit']],
    [webhook, ['notifications', 'webhooks', '*']],
    [simulation, ['simulation']],
    [fault, ['simulation', 'faults', '*']],
  ] as const;
  for (const [type, path] of sections) t.same(keys(type), schemaKeys(...path), path.join('.'));
  t.end();
});
