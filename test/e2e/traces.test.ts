import { type Test, test } from 'tap';
import { type OtlpReceiver, startOtlpReceiver } from '../fakes/otlp-receiver.ts';
import type { ReceivedSpan } from '../fakes/otlp-spans.ts';
import { type Json, startDaemon } from './daemon.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { shopSecrets } from './shop-secrets.ts';
import { vaultConfig, vaultEnv, vaultStore } from './vault-store.ts';

const [TRACE, PARENT] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
const traced = { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'vendor=opaque' };

/** Spans go out at once, so that no test waits for them. */
const toEnv = (receiver: OtlpReceiver, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: receiver.address,
  OTEL_BSP_SCHEDULE_DELAY: '10',
  ...more,
});

async function start(t: Test, more: Json = {}, env: Readonly<Record<string, string>> = {}) {
  const receiver = await startOtlpReceiver(t);
  const config = localConfig(await secretsFile(t, shopSecrets), more);
  const daemon = await startDaemon(t, { config, env: toEnv(receiver, env) });
  return { receiver, daemon };
}

async function startWithVault(t: Test, more: Json = {}) {
  const [receiver, vault] = [await startOtlpReceiver(t), await vaultStore(t, { a: '{"k":"v"}', b: '{"k":"w"}' })];
  const daemon = await startDaemon(t, {
    config: vaultConfig(vault.address, more),
    env: { ...vaultEnv, ...toEnv(receiver) },
  });
  return { receiver, vault, daemon };
}

const ofTrace = ({ traceId }: ReceivedSpan): boolean => traceId === TRACE;

test('a read is a span in the trace of whoever asks, and its call of the store is one within', async (t) => {
  const { receiver, daemon } = await startWithVault(t);
  for (const query of ['', '', '?key=k'])
    t.equal((await daemon.http().get(`/v1/secrets/a${query}`, traced)).status, 200);
  const [cold, ...cached] = await receiver.received('secrets.get', 3);
  const attributes = { secret_path: 'a', provider: 'vault', version: '1' };
  const read = {
    traceId: TRACE,
    parentSpanId: PARENT,
    traceState: 'vendor=opaque',
    kind: 'server',
    failure: undefined,
  };
  t.strictSame(cold?.attributes, { ...attributes, cached: false });
  t.match(cold, read);
  for (const span of cached) {
    t.strictSame(span.attributes, { ...attributes, cached: true });
    t.match(span, read);
  }
  const [call, ...more] = await receiver.received('secrets.provider.get');
  t.strictSame(more, [], 'the cache has answered the others');
  t.match(call, { traceId: TRACE, parentSpanId: cold?.spanId, kind: 'client', traceState: 'vendor=opaque' });
  t.strictSame(call?.attributes, { provider: 'vault', attempt: 1 });
  t.ok(call && cold && cold.startNs <= call.startNs && call.endNs <= cold.endNs, 'one is within the other');
  t.match(cold, { scope: 'keyfob', resource: { 'service.name': 'keyfob', 'telemetry.sdk.language': 'nodejs' } });
  t.match(cold?.resource['service.version'], /^\d+\.\d+\.\d+/);
  t.match(cold?.resource['service.instance.id'], /^[\da-f-]{36}$/);
  t.strictSame(receiver.faults, []);
  t.match(
    [receiver.posts[0]?.path, receiver.posts[0]?.headers],
    ['/v1/traces', { 'content-type': 'application/x-protobuf', 'user-agent': /^keyfob\// }],
  );
});

test('without a trace of its own each access begins one, and the audit tells which', async (t) => {
  const { receiver, daemon } = await start(t);
  for (const headers of [{}, {}, { host: 'evil.example' }]) await daemon.http().get('/v1/secrets/mail/token', headers);
  const spans = await receiver.received('secrets.get', 3);
  t.equal(new Set(spans.map(({ traceId }) => traceId)).size, 3);
  t.strictSame(
    spans.map(({ parentSpanId }) => parentSpanId),
    [undefined, undefined, undefined],
  );
  await daemon.stop();
  t.strictSame(
    daemon.audit.map(({ trace_id: id }) => id),
    spans.map(({ traceId }) => traceId),
  );
  t.strictSame(receiver.faults, []);
});

test('what fails, is refused or is stale says so by its code', async (t) => {
  const policy = { name: 'anonymous', operations: ['get', 'list', 'describe', 'resolve'], deny: ['dbadmin/**'] };
  const { receiver, daemon } = await start(t, { access: { callers: [policy] } });
  const http = daemon.http();
  await http.get('/v1/secrets/no/such', traced);
  await http.get('/v1/secrets/dbadmin/creds', traced);
  await http.get('/v1/secrets/a//b', traced);
  await http.get('/v1/secrets/mail/token', { ...traced, host: 'evil.example' });
  await http.get('/v1/secrets/mail/token?version=9', traced);
  const spans = (await receiver.received('secrets.get', 5)).map(({ attributes, failure, kind }) => [
    attributes,
    failure,
    kind,
  ]);
  t.strictSame(spans, [
    [
      { secret_path: 'no/such', provider: 'files', 'error.type': 'SecretDoesNotExist' },
      'SecretNotFoundError SecretDoesNotExist',
      'server',
    ],
    [{ secret_path: 'dbadmin/creds', 'error.type': 'PolicyDenied' }, 'CallerError PolicyDenied', 'server'],
    [{ secret_path: 'a//b', 'error.type': 'InvalidPath' }, 'RequestError InvalidPath', 'server'],
    [{ secret_path: 'mail/token', 'error.type': 'HostNotAllowed' }, 'RequestError HostNotAllowed', 'server'],
    [
      { secret_path: 'mail/token', version: '9', provider: 'files', 'error.type': 'VersionNotFound' },
      'SecretNotFoundError VersionNotFound',
      'server',
    ],
  ]);
  t.strictSame(receiver.faults, []);
});

test('a store that is down: each attempt is told of, and a stale answer is no failure', async (t) => {
  const cache = { ttl: '1ms', refreshAhead: '0ms' };
  const { receiver, vault, daemon } = await startWithVault(t, { cache, retry: { maxAttempts: 2 } });
  await daemon.http().get('/v1/secrets/a', traced);
  await vault.close();
  await daemon.http().get('/v1/secrets/a', traced);
  await daemon.http().get('/v1/secrets/b', traced);
  const [, stale, failed] = await receiver.received('secrets.get', 3);
  t.strictSame(stale?.attributes, { secret_path: 'a', provider: 'vault', version: '1', cached: true, stale: true });
  t.equal(stale?.failure, undefined);
  t.match(failed, { attributes: { 'error.type': 'ConnectionFailed' }, failure: 'NetworkError ConnectionFailed' });
  const attempts = (await receiver.received('secrets.provider.get', 4)).filter(
    ({ parentSpanId }) => parentSpanId === failed?.spanId,
  );
  t.match(
    attempts.map(({ attributes }) => attributes),
    [
      { provider: 'vault', attempt: 1, 'error.type': 'ConnectionFailed' },
      { provider: 'vault', attempt: 2, 'error.type': 'ConnectionFailed' },
    ],
  );
  t.strictSame(receiver.faults, []);
});

test('lists, descriptions, rotations and invalidations', async (t) => {
  const { receiver, daemon } = await start(t, {
    access: { callers: [{ name: 'anonymous', operations: ['get', 'list', 'describe', 'rotate', 'invalidate'] }] },
  });
  const http = daemon.http();
  await http.get('/v1/secrets?prefix=db/', traced);
  await http.get('/v1/metadata/db/creds', traced);
  await http.send({ method: 'POST', path: '/v1/rotate/db/creds', headers: traced });
  await http.send({ method: 'DELETE', path: '/v1/cache/db/creds', headers: traced });
  const attributesOf = async (name: string) => (await receiver.received(name))[0]?.attributes;
  t.strictSame(await attributesOf('secrets.list'), { prefix: 'db/', provider: 'files', count: 2 });
  t.strictSame(await attributesOf('secrets.describe'), { secret_path: 'db/creds', provider: 'files' });
  const refused = { secret_path: 'db/creds', provider: 'files', 'error.type': 'RotationNotConfigured' };
  t.strictSame(await attributesOf('secrets.rotate'), refused);
  t.strictSame(await attributesOf('secrets.invalidate'), { secret_path: 'db/creds', provider: 'files' });
  for (const call of ['list', 'describe', 'rotate']) {
    const [operation] = receiver.named(`secrets.${call}`);
    t.match(await receiver.received(`secrets.provider.${call}`), [{ parentSpanId: operation?.spanId, kind: 'client' }]);
  }
  t.ok(receiver.spans.every(ofTrace));
  t.strictSame(receiver.faults, []);
});

test('a document is a span, and each secret in it one within; so is each secret of a batch', async (t) => {
  const { receiver, daemon } = await start(t);
  const text = 'a={{secret:db/creds#username}} b={{secret:db/creds#password}} c={{secret:mail/token}}';
  const headers = { ...traced, 'content-type': 'text/plain' };
  await daemon.http().send({ method: 'POST', path: '/v1/resolve', headers, body: text });
  const [document] = await receiver.received('secrets.resolve');
  t.strictSame(document?.attributes, { reference_count: 3, resolved_count: 3 });
  t.match(document, { traceId: TRACE, parentSpanId: PARENT, kind: 'server', failure: undefined });
  const reads = await receiver.received('secrets.get', 2);
  t.match(reads, [{ attributes: { secret_path: 'db/creds' } }, { attributes: { secret_path: 'mail/token' } }]);
  for (const read of reads) t.match(read, { traceId: TRACE, parentSpanId: document?.spanId, kind: 'internal' });

  await daemon.http().send({ method: 'POST', path: '/v1/resolve', headers, body: `${text} {{secret:no/such}}` });
  const [, failed] = await receiver.received('secrets.resolve', 2);
  t.strictSame(failed?.attributes, { reference_count: 4, resolved_count: 3, 'error.type': 'SecretDoesNotExist' });

  const secrets = [{ path: 'db/replica' }, { path: 'no/such' }];
  const body = JSON.stringify({ secrets });
  const json = { ...traced, 'content-type': 'application/json' };
  await daemon.http().send({ method: 'POST', path: '/v1/batch', headers: json, body });
  const batch = (await receiver.received('secrets.get', 7)).slice(5);
  t.ok(batch.every(({ parentSpanId }) => parentSpanId === PARENT));
  // The one that fails at once may be the first.
  const paths = batch.map(({ attributes }) => attributes['secret_path']);
  t.strictSame(new Set(paths), new Set(['db/replica', 'no/such']));
  t.strictSame(receiver.faults, []);
});

test('what the application does not sample makes no span, and nothing is connected to', async (t) => {
  const { receiver, daemon } = await start(t);
  await daemon.http().get('/v1/secrets/mail/token', { traceparent: `00-${TRACE}-${PARENT}-00` });
  await daemon.stop();
  t.equal(receiver.connections, 0);
});

test('where nobody asks for traces nothing is connected to', async (t) => {
  for (const env of [
    { OTEL_TRACES_EXPORTER: 'none' },
    { OTEL_SDK_DISABLED: 'true' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
  ]) {
    const { receiver, daemon } = await start(t, {}, env);
    await daemon.http().get('/v1/secrets/mail/token', traced);
    t.strictSame(await daemon.stop(), { code: 0, signal: null });
    t.equal(receiver.connections, 0, JSON.stringify(env));
  }
});

test('JSON, compressed, to an endpoint of its own, with headers and names from the environment', async (t) => {
  const receiver = await startOtlpReceiver(t);
  const config = localConfig(await secretsFile(t, shopSecrets));
  const env = {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.address}/its/own?tenant=7`,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20the-key,x-tenant=general',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'X-Tenant=shop',
    OTEL_SERVICE_NAME: 'web',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=ignored,deployment.environment=pr%C3%B6d',
  };
  const daemon = await startDaemon(t, { config, env });
  await daemon.http().get('/v1/secrets/unicode/schl%C3%BCssel', traced);
  t.strictSame(await daemon.stop(), { code: 0, signal: null }, 'what waited goes out at the end');
  t.match(receiver.posts, [
    {
      path: '/its/own?tenant=7',
      headers: {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        authorization: 'Bearer the-key',
        'x-tenant': 'shop',
      },
    },
  ]);
  const [span] = receiver.named('secrets.get');
  t.match(span?.resource, { 'service.name': 'web', 'deployment.environment': 'pröd' });
  t.match(span?.attributes, { secret_path: 'unicode/schlüssel' });
  t.notMatch(daemon.stderr, 'the-key');
  t.strictSame(receiver.faults, []);
});

test('a path that is longer than any may be is cut, and a state that is none is left out', async (t) => {
  const { receiver, daemon } = await start(t);
  const path = 'p'.repeat(3_000);
  await daemon.http().get(`/v1/secrets/${path}`, { ...traced, tracestate: `=,,;bad\t=1,${'x'.repeat(3_000)}=y` });
  const [span] = await receiver.received('secrets.get');
  t.match(span, { traceId: TRACE, failure: 'RequestError InvalidPath', traceState: undefined });
  t.equal(span?.attributes['secret_path'], path.slice(0, 2_048));
  t.strictSame(receiver.faults, []);
});

test('credentials that would travel unencrypted are warned of', async (t) => {
  const config = localConfig(await secretsFile(t, shopSecrets));
  // Nothing is read, so nothing is sent to it: an address for documentation (RFC 5737).
  const elsewhere = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://192.0.2.1:4318' };
  const warnings = async (env: Readonly<Record<string, string>>): Promise<number> => {
    const daemon = await startDaemon(t, { config, env });
    await daemon.stop();
    return daemon.log.filter(({ msg }) => String(msg).includes('travel unencrypted')).length;
  };
  const headers = { OTEL_EXPORTER_OTLP_HEADERS: 'x-key=k' };
  t.equal(await warnings({ ...elsewhere, ...headers }), 1);
  t.equal(await warnings(elsewhere), 0, 'there are none');
  t.equal(await warnings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', ...headers }), 0, 'they do not travel');
});
