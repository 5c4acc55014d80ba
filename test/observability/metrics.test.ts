import { PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'tap';
import { openHeap } from '../../src/observability/heap-keeper.ts';
import { Metrics, type MetricSources } from '../../src/observability/metrics.ts';

const none: MetricSources = {
  cacheSize: () => new Map<string, number>(),
  breakerStates: () => new Map<string, string>(),
  identityExpiryMs: () => new Map<string, number>(),
};

const samples = async (metrics: Metrics, name: string): Promise<readonly string[]> =>
  (await metrics.text()).split('\n').filter((line) => line.startsWith(name));

test('operations are counted and timed by provider and operation', async (t) => {
  const metrics = new Metrics(none);
  metrics.operation('vault', 'get').succeeded(0.0004);
  metrics.operation('vault', 'get').failed('NetworkError', 3);
  t.same(await samples(metrics, 'secrets_requests_total'), [
    'secrets_requests_total{provider="vault",operation="get",status="error"} 1',
    'secrets_requests_total{provider="vault",operation="get",status="success"} 1',
  ]);
  t.same(await samples(metrics, 'secrets_errors_total'), [
    'secrets_errors_total{provider="vault",error_type="NetworkError"} 1',
  ]);
  const durations = await samples(metrics, 'secrets_request_duration_seconds');
  t.match(
    durations.join('\n'),
    'secrets_request_duration_seconds_bucket{le="0.0005",provider="vault",operation="get"} 1',
  );
  t.match(durations.join('\n'), 'secrets_request_duration_seconds_count{provider="vault",operation="get"} 2');
});

test('the children of an operation are made once, and no two are mixed up', async (t) => {
  const metrics = new Metrics(none);
  t.equal(metrics.operation('vault', 'get'), metrics.operation('vault', 'get'));
  t.equal(
    new Set(
      [
        ['a', 'get'],
        ['b', 'get'],
        ['a', 'list'],
      ].map(([p = '', o = '']) => metrics.operation(p, o)),
    ).size,
    3,
  );
});

test('states, sizes and expiries are read when they are asked for, and gone when they are gone', async (t) => {
  const breakers = new Map([['vault', 'open']]);
  const sizes = new Map([['vault', 3]]);
  const metrics = new Metrics({
    cacheSize: () => sizes,
    breakerStates: () => breakers,
    identityExpiryMs: () => new Map([['vault', 90_500]]),
  });
  t.same(await samples(metrics, 'secrets_circuit_breaker_state'), [
    'secrets_circuit_breaker_state{provider="vault",state="closed"} 0',
    'secrets_circuit_breaker_state{provider="vault",state="open"} 1',
    'secrets_circuit_breaker_state{provider="vault",state="half_open"} 0',
  ]);
  t.same(await samples(metrics, 'secrets_identity_expiry_seconds'), [
    'secrets_identity_expiry_seconds{provider="vault"} 90.5',
  ]);
  t.same(await samples(metrics, 'secrets_cache_size'), ['secrets_cache_size{provider="vault"} 3']);
  breakers.set('vault', 'half_open');
  sizes.clear();
  t.match(await samples(metrics, 'secrets_circuit_breaker_state{provider="vault",state="half_open"}'), [/ 1$/]);
  t.same(await samples(metrics, 'secrets_cache_size'), []);
});

test('the names and labels are those of the specification and the design, and no label holds a path', async (t) => {
  const metrics = new Metrics(none);
  metrics.operation('p', 'get').failed('e', 1);
  metrics.hits('p').inc();
  for (const counter of [metrics.cacheMisses, metrics.staleServed, metrics.largeValues]) counter.inc({ provider: 'p' });
  metrics.cacheEvictions.inc({ provider: 'p', reason: 'space' });
  metrics.providerCalls.inc({ provider: 'p', call: 'get', status: 'success' });
  metrics.webhookDeliveries.inc({ status: 'delivered' });
  metrics.auditErrors.inc();
  const ours = (await samples(metrics, 'secrets_')).map((line) =>
    line
      .replace(/="[^"]*"/g, '')
      .replace(/ .*/, '')
      .replace('{le,', '{'),
  );
  t.same([...new Set(ours)].sort(), [
    'secrets_audit_dropped_total',
    'secrets_audit_errors_total',
    'secrets_cache_evictions_total{provider,reason}',
    'secrets_cache_hits_total{provider}',
    'secrets_cache_misses_total{provider}',
    'secrets_caller_key_reads_total{status}',
    'secrets_errors_total{provider,error_type}',
    'secrets_large_values_total{provider}',
    'secrets_persistence_errors_total',
    'secrets_provider_calls_total{provider,call,status}',
    'secrets_request_duration_seconds_bucket{provider,operation}',
    'secrets_request_duration_seconds_count{provider,operation}',
    'secrets_request_duration_seconds_sum{provider,operation}',
    'secrets_requests_total{provider,operation,status}',
    'secrets_stale_served_total{provider}',
    'secrets_trace_spans_total{status}',
    'secrets_webhook_deliveries_total{status}',
  ]);
  t.notMatch(await metrics.text(), /^(process|nodejs)_/m, 'nothing of the process unless it is asked for');
  metrics.collectProcess();
  t.match(await metrics.text(), 'process_cpu_seconds_total');
  t.match(await metrics.text(), 'nodejs_eventloop_lag_seconds');
  t.match(metrics.contentType, 'text/plain');
});

test('the counters of an instance begin at 0, and of what is lost as well', async (t) => {
  const metrics = new Metrics(none);
  metrics.cacheMisses.inc({ provider: 'vault' });
  metrics.expect('vault', 'vault/eu');
  const provider = '{provider="vault"}';
  t.same(
    (await samples(metrics, 'secrets_')).filter((line) => line.includes('vault')),
    [
      `secrets_cache_hits_total${provider} 0`,
      `secrets_cache_misses_total${provider} 1`,
      `secrets_stale_served_total${provider} 0`,
      'secrets_failover_served_total{provider="vault/eu"} 0',
      'secrets_refresh_total{provider="vault",status="success"} 0',
      `secrets_rotations_detected_total${provider} 0`,
    ],
  );
  t.same(await samples(metrics, 'secrets_webhook_deliveries_total{status="failed"}'), [
    'secrets_webhook_deliveries_total{status="failed"} 0',
  ]);
});

test('what is counted on the way of every read is there when Prometheus asks, once', async (t) => {
  const metrics = new Metrics(none);
  for (let read = 0; read < 3; read++) {
    metrics.hits('p').inc();
    metrics.operation('p', 'get').succeeded(0.001);
  }
  const expected = ['secrets_cache_hits_total{provider="p"} 3'];
  t.same(await samples(metrics, 'secrets_cache_hits_total'), expected);
  t.same(await samples(metrics, 'secrets_cache_hits_total'), expected);
  t.same(await samples(metrics, 'secrets_requests_total'), [
    'secrets_requests_total{provider="p",operation="get",status="success"} 3',
  ]);
});

test('a pause of the collector is in the metrics of the event loop and of the collector', async (t) => {
  const metrics = new Metrics(none);
  metrics.collectProcess();
  const pauses: PerformanceEntry[] = [];
  const observer = new PerformanceObserver((list) => void pauses.push(...list.getEntries()));
  const heap = openHeap();
  // Much to go through, so that the pause is longer than the loop's delay is counted in.
  const held = Array.from({ length: 1_000_000 }, (_, at) => ({ at }));
  // What was before does not count; after each look the first interval of the loop is not counted, either.
  await metrics.text();
  await pause(50);
  observer.observe({ entryTypes: ['gc'] });
  heap.release();
  await pause(50);
  observer.disconnect();
  t.equal(held.length, 1_000_000);
  const longest = Math.max(...pauses.map(({ duration }) => duration)) / 1_000;
  const valueOf = async (name: string): Promise<number> => Number((await samples(metrics, name))[0]?.split(' ')[1]);
  t.ok(longest > 0.01, `the collector stood in the way for ${longest} s`);
  const inLoop = await valueOf('nodejs_eventloop_lag_max_seconds');
  t.ok(inLoop >= longest, `the loop was late by ${inLoop} s, for a pause of ${longest} s`);
  t.ok((await valueOf('nodejs_gc_duration_seconds_sum{kind="major"}')) >= longest);
});
