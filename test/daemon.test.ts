import { join } from 'node:path';
import { type Test, test } from 'tap';
import { type LoadedConfig, loadConfig } from '../src/config/load-config.ts';
import { parseListenAddress } from '../src/config/listen-address.ts';
import { Daemon } from '../src/daemon.ts';
import { providerKinds } from '../src/providers/registry.ts';
import { watch } from './e2e/event-source.ts';
import { Http } from './e2e/http.ts';
import { secretsFile } from './e2e/local-secrets.ts';
import { temporaryDirectory } from './e2e/temporary-directory.ts';
import { until } from './e2e/until.ts';
import { vaultStore, vaultToken } from './e2e/vault-store.ts';
import { startWebhookReceiver } from './fakes/webhook-receiver.ts';

// The end-to-end suite drives the bundle. Here the same daemon runs in this process, so that its coverage is measured.

const SECRETS = 'db/creds: { user: app, password: example }\nmail/token: text\n';

async function settings(t: Test): Promise<(more?: object) => LoadedConfig['config']> {
  const [path, folder] = [await secretsFile(t, SECRETS), await temporaryDirectory(t)];
  return (more = {}) =>
    loadConfig(
      {
        file: 'test',
        text: JSON.stringify({
          listen: ['127.0.0.1:0'],
          drain: 0,
          providers: [{ name: 'files', type: 'local', path }],
          access: {
            callers: [{ name: 'anonymous', operations: ['get', 'list', 'describe', 'resolve', 'invalidate'] }],
          },
          audit: { sink: join(folder, 'audit.log') },
          log: { level: 'silent' },
          ...more,
        }),
      },
      providerKinds,
    ).config;
}

function client(names: readonly string[], index = 0): Http {
  const address = parseListenAddress(names[index] ?? '');
  if (address === undefined) throw new Error('no such listener');
  return new Http(address);
}

test('every route answers', async (t) => {
  const config = await settings(t);
  const daemon = new Daemon(config(), providerKinds);
  t.teardown(() => daemon.stop());
  const http = client(await daemon.start(config()));
  const { json } = await http.get('/v1/secrets');
  const [{ path }] = Object(json).secrets;
  const etag = (await http.get(`/v1/secrets/${path}`)).headers.etag;
  t.equal((await http.get(`/v1/secrets/${path}`, { 'if-none-match': String(etag) })).status, 304);
  for (const route of ['secrets', 'metadata', 'versions'])
    t.equal((await http.get(`/v1/${route}/${path}`)).status, 200);
  for (const route of ['/v1/status', '/metrics', '/livez', '/readyz', '/startupz', '/openapi.json'])
    t.equal((await http.get(route)).status, 200, route);
  const batch = await http.post('/v1/batch', { secrets: [{ path }, { path: 'none' }] });
  t.match(batch.json, {
    results: [
      { path, secret: { path } },
      { path: 'none', problem: { status: 404 } },
    ],
  });
  t.equal((await http.post('/v1/resolve', { text: `{{secret:${path}}}` })).status, 200);
  for (const target of [`/v1/cache/${path}`, '/v1/cache?prefix='])
    t.equal((await http.send({ method: 'DELETE', path: target })).status, 204);
  t.equal((await http.get('/v1/secrets/none')).status, 404);
  t.equal((await http.get(`/v1/secrets/${path}?kee=x`)).status, 400);
  t.equal((await http.get('/nowhere')).status, 404);
  t.equal((await http.send({ method: 'PUT', path: '/v1/status' })).status, 405);
});

test('a new configuration takes over what did not change', async (t) => {
  const config = await settings(t);
  const daemon = new Daemon(config(), providerKinds);
  t.teardown(() => daemon.stop());
  const http = client(await daemon.start(config()));
  const { json } = await http.get('/v1/secrets');
  const [{ path }] = Object(json).secrets;
  await http.get(`/v1/secrets/${path}`);
  const names = await daemon.reload(config({ ops: { listen: ['127.0.0.1:0'] }, cache: { ttl: '1m' } }));
  t.equal(names.length, 2);
  t.equal((await client(names, 1).get('/readyz')).status, 200);
  t.match((await http.get(`/v1/secrets/${path}`)).headers, { 'cache-status': /hit/ }, 'the cache was taken over');
  await daemon.reload(config({ circuitBreaker: { failureThreshold: 9 } }));
  const kept = await http.get(`/v1/secrets/${path}`);
  t.match(kept.headers, { 'cache-status': /hit/ }, 'and stays with its provider, whatever the breaker');
  const [provider] = config().providers;
  const { name, type, options } = Object(provider);
  await daemon.reload(config({ providers: [{ name, type, ...options, attemptTimeout: '2s' }] }));
  const lost = await http.get(`/v1/secrets/${path}`);
  t.match(lost.headers, { 'cache-status': /miss/ }, 'a provider that changed lost it');
  await t.rejects(daemon.reload(config({ audit: { sink: '/nowhere/audit.log' } })), { code: 'MissingEndpoint' });
  t.equal((await http.get(`/v1/secrets/${path}`)).status, 200, 'what cannot be taken over changes nothing');
});

test('what cannot start leaves nothing behind', async (t) => {
  const config = await settings(t);
  const first = new Daemon(config(), providerKinds);
  t.teardown(() => first.stop());
  const taken = await first.start(config());
  const second = new Daemon(config(), providerKinds);
  await t.rejects(second.start(config({ listen: ['127.0.0.1:0', ...taken] })), { code: 'MissingEndpoint' });
});

test('a new configuration that cannot be served leaves the values that were read', async (t) => {
  const config = await settings(t);
  const daemon = new Daemon(config(), providerKinds);
  t.teardown(() => daemon.stop());
  const names = await daemon.start(config());
  const http = client(names);
  await http.get('/v1/secrets/mail/token');
  const other = new Daemon(config(), providerKinds);
  t.teardown(() => other.stop());
  const taken = await other.start(config());
  const changed = config({ circuitBreaker: { failureThreshold: 9 }, ops: { listen: taken } });
  await t.rejects(daemon.reload(changed), { code: 'MissingEndpoint' });
  t.match((await http.get('/v1/secrets/mail/token')).headers, { 'cache-status': /hit/ });
});

test('the same large secret many times is no way to exhaust the memory', async (t) => {
  const path = await secretsFile(t, `big: ${'x'.repeat(1_000_000)}\n`);
  const config = await settings(t);
  const big = config({ providers: [{ name: 'files', type: 'local', path }] });
  const daemon = new Daemon(big, providerKinds);
  t.teardown(() => daemon.stop());
  const http = client(await daemon.start(big));
  t.equal((await http.post('/v1/resolve', { text: '{{secret:big}}'.repeat(10) })).status, 200);
  const resolved = await http.post('/v1/resolve', { text: '{{secret:big}}'.repeat(600) });
  t.match([resolved.status, resolved.json], [413, { code: 'PayloadTooLarge' }]);
  const { status, json } = await http.post('/v1/batch', {
    secrets: Array.from({ length: 100 }, () => ({ path: 'big' })),
  });
  const { results } = Object(json);
  t.equal(status, 200);
  t.match(results[0], { path: 'big', secret: { version: String } });
  t.match(results[99], { path: 'big', problem: { status: 413, code: 'PayloadTooLarge' } });
});

test('what changes is told to watches, long polls and webhooks', async (t) => {
  const [vault, receiver] = [await vaultStore(t, { a: '{"v":1}' }), await startWebhookReceiver(t)];
  const auth = { method: 'token', token: vaultToken };
  const config = (await settings(t))({
    providers: [{ name: 'vault', type: 'vault', address: vault.address, auth }],
    cache: { ttl: '400ms' },
    notifications: { webhooks: [{ url: receiver.address, key: 'k3y' }] },
  });
  const daemon = new Daemon(config, providerKinds);
  t.teardown(() => daemon.stop());
  const names = await daemon.start(config);
  const http = client(names);
  const { headers } = await http.get('/v1/secrets/a');
  const source = await watch(t, http.address, { path: '/v1/watch?path=a' });
  const held = { 'if-none-match': String(headers.etag) };
  t.equal((await http.get('/v1/secrets/a?wait=10ms', held)).status, 304);
  const polled = http.get('/v1/secrets/a?wait=30s', held);
  vault.setSecret('a', '{"v":2}');
  t.match((await polled).json, { version: '2' });
  t.match(await source.received(1), [{ event: 'rotated' }]);
  await until('it is posted', () => receiver.deliveries.length > 0 || undefined);
  t.match(receiver.events, [{ type: 'rotated', path: 'a' }]);
  for (const refused of ['secrets/a?wait=61s', 'watch', 'watch?path=a&prefix=a'])
    t.equal((await http.get(`/v1/${refused}`)).status, 400, refused);
  const { headers: back } = await watch(t, http.address, {
    path: '/v1/watch?prefix=a',
    headers: { 'last-event-id': source.events[0]?.id },
  });
  t.equal(back['content-type'], 'text/event-stream');
});
