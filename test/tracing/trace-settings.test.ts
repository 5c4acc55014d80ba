import { test } from 'tap';
import { ConfigurationError } from '../../src/core/errors/configuration-error.ts';
import { readTraceSettings } from '../../src/tracing/trace-settings.ts';

const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const endpoint = { [ENDPOINT]: 'http://localhost:4318' };

const read = (env: Readonly<Record<string, string>>) => readTraceSettings({ ...endpoint, ...env });

function problemsOf(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
  return [];
}

test('without an endpoint, or switched off, there are none, whatever else is wrong', (t) => {
  t.equal(readTraceSettings({}), undefined);
  t.equal(readTraceSettings({ OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }), undefined);
  t.equal(read({ [ENDPOINT]: '' }), undefined, 'an empty variable counts as none');
  for (const value of ['true', 'TRUE', ' true ']) t.equal(read({ OTEL_SDK_DISABLED: value }), undefined, value);
  t.equal(read({ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }), undefined);
  t.ok(read({ OTEL_SDK_DISABLED: '1' }), 'nothing but true disables it');
  t.end();
});

test('the defaults are those of the standard', (t) => {
  t.strictSame(read({}), {
    url: new URL('http://localhost:4318/v1/traces'),
    encoding: 'protobuf',
    headers: new Map(),
    tls: {},
    isCompressed: false,
    timeoutMs: 10_000,
    sampler: 'parentbased_always_on',
    ratio: 1,
    batch: { delayMs: 5_000, maxQueued: 2_048, maxSize: 512 },
    resource: { 'service.name': 'keyfob' },
  });
  t.end();
});

test('an endpoint for every signal is completed, one for traces is not', (t) => {
  const urlOf = (env: Readonly<Record<string, string>>) => read(env)?.url.href;
  t.equal(urlOf({ [ENDPOINT]: 'https://c.example/' }), 'https://c.example/v1/traces');
  t.equal(urlOf({ [ENDPOINT]: 'https://c.example/otlp' }), 'https://c.example/otlp/v1/traces');
  t.equal(urlOf({ [ENDPOINT]: 'https://c.example/otlp/?key=1' }), 'https://c.example/otlp/v1/traces?key=1');
  const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://t.example/own?key=1' };
  t.equal(urlOf(own), 'https://t.example/own?key=1');
  t.equal(urlOf({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://t.example' }), 'https://t.example/');
  t.end();
});

test('what is for traces alone comes first; headers are put together', (t) => {
  const settings = read({
    OTEL_EXPORTER_OTLP_TIMEOUT: '1',
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '2000',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
    OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20YTpi, a=general,',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'A=own',
    OTEL_EXPORTER_OTLP_CERTIFICATE: '/ca.pem',
    OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: '/c.pem',
    OTEL_EXPORTER_OTLP_CLIENT_KEY: '/k.pem',
    OTEL_BSP_EXPORT_TIMEOUT: '1500',
  });
  t.match(settings, { timeoutMs: 1_500, isCompressed: true, encoding: 'json' });
  t.strictSame(settings?.tls, { ca: '/ca.pem', cert: '/c.pem', key: '/k.pem' });
  const headers = [...(settings?.headers ?? [])].map(([name, value]) => [name, value.expose()]);
  t.strictSame(headers, [
    ['authorization', 'Basic YTpi'],
    ['a', 'own'],
  ]);
  t.notMatch(JSON.stringify([...(settings?.headers ?? [])]), 'YTpi');
  t.end();
});

test('which traces, how many at once, and of what', (t) => {
  const settings = read({
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
    OTEL_BSP_MAX_QUEUE_SIZE: '100',
    OTEL_BSP_SCHEDULE_DELAY: '7',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,a=b%2Cc,empty=',
    OTEL_SERVICE_NAME: 'web',
  });
  t.match(settings, { sampler: 'parentbased_traceidratio', ratio: 0.25 });
  t.strictSame(settings?.batch, { delayMs: 7, maxQueued: 100, maxSize: 100 });
  t.strictSame(settings?.resource, { 'service.name': 'web', a: 'b,c', empty: '' });
  t.strictSame(read({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=other' })?.resource, { 'service.name': 'other' });
  t.equal(read({ OTEL_TRACES_SAMPLER_ARG: 'http://sampler' })?.ratio, 1, 'it is for another sampler');
  t.end();
});

const wrong = [
  [{ [ENDPOINT]: 'localhost:4318' }, /^OTEL_EXPORTER_OTLP_ENDPOINT has to be an address such as/],
  [{ [ENDPOINT]: 'grpc://c:4317' }, /has to be an address/],
  [{ [ENDPOINT]: 'http://u:pw@c' }, /has a user or a password/],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, /^OTEL_EXPORTER_OTLP_PROTOCOL asks for grpc.*http\/protobuf.*http\/json$/],
  [{ OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'xml' }, /has to be one of http\/protobuf, http\/json$/],
  [{ OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd' }, /has to be one of gzip, none$/],
  [{ OTEL_TRACES_EXPORTER: 'zipkin' }, /has to be one of otlp, none$/],
  [{ OTEL_TRACES_SAMPLER: 'jaeger_remote' }, /has to be one of always_on, .*traceidratio$/],
  [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '1.1' }, /has to be a number from 0 to 1$/],
  [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: 'half' }, /has to be a number from 0 to 1$/],
  [{ OTEL_EXPORTER_OTLP_TIMEOUT: '10s' }, /has to be a whole number above 0$/],
  [{ OTEL_BSP_SCHEDULE_DELAY: '0' }, /has to be a whole number above 0$/],
  [{ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4096' }, /is larger than OTEL_BSP_MAX_QUEUE_SIZE/],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'pw' }, /^OTEL_EXPORTER_OTLP_HEADERS has to be a list/],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=%pw' }, /has to be a list/],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'a=pw%0d%0ab' }, /holds what cannot be a header/],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'a b=pw' }, /holds what cannot be a header/],
  [{ OTEL_RESOURCE_ATTRIBUTES: '=pw' }, /has to be a list/],
  [{ OTEL_EXPORTER_OTLP_CLIENT_KEY: '/k' }, /are needed both, or neither$/],
] as const;

test('what is wrong is said by the name of its variable, never by its value', (t) => {
  for (const [env, expected] of wrong) {
    const problems = problemsOf(env);
    t.equal(problems.length, 1, JSON.stringify(env));
    t.match(problems[0], expected);
    t.notMatch(problems[0], 'pw');
  }
  const all = problemsOf({ OTEL_TRACES_SAMPLER: 'x', OTEL_EXPORTER_OTLP_HEADERS: 'x', [ENDPOINT]: 'x' });
  t.equal(all.length, 3, 'all of it at once');
  t.end();
});
