import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import type { Fault } from '../fakes/fake-vault.ts';
import { type Daemon, type Json, startDaemon } from './daemon.ts';
import { watch } from './event-source.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { until } from './until.ts';
import { vaultEnv, vaultStore } from './vault-store.ts';

// A read of the daemon's own within this time is as good as a fresh one.
const QUICK = { cache: { ttl: '400ms' } };

const doc = (v: string): string => JSON.stringify({ v });

async function setUp(t: Test, more: Json = QUICK) {
  const vault = await vaultStore(t, { 'db/a': doc('first'), 'db/b': doc('first'), other: doc('first') });
  // Patient: a slow machine is no failing store.
  const provider = { name: 'vault', type: 'vault', address: vault.address };
  const auth = { method: 'token', token: { env: 'VAULT_TEST_TOKEN' } };
  const config = { providers: [{ ...provider, auth }], retry: { maxAttempts: 1 }, ...more };
  const daemon = await startDaemon(t, { config, env: vaultEnv });
  const read = (path: string, headers = {}) => daemon.http().get(`/v1/secrets/${path}`, headers);
  return { vault, config, daemon, read };
}

/** Reads until the daemon has the new value, which it tells of. */
const readUntil = (daemon: Daemon, path: string, value: string): Promise<unknown> =>
  until(`${path} is ${value}`, async () => {
    const { text } = await daemon.http().get(`/v1/secrets/${path}?key=v&format=raw`);
    return text === value || undefined;
  });

test('a rotation is told to those who watch the path or a prefix of it', async (t) => {
  const { vault, daemon, read } = await setUp(t);
  const [own, other, prefix, all] = await Promise.all(
    ['path=db/a', 'path=other', 'prefix=db%2F', 'prefix='].map((query) =>
      watch(t, daemon.address(), { path: `/v1/watch?${query}` }),
    ),
  );
  t.match(own?.headers, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-request-id': String });
  for (const path of ['db/a', 'db/b', 'other']) t.equal((await read(path)).status, 200);
  for (const path of ['db/a', 'db/b']) {
    vault.setSecret(path, doc('second'));
    await readUntil(daemon, path, 'second');
  }
  const [event] = (await own?.received(1)) ?? [];
  t.match(event, {
    id: /^[0-9a-f]{32}$/,
    event: 'rotated',
    data: { path: 'db/a', provider: 'vault', version: '2', previousVersion: '1', at: /^\d{4}-.*Z$/ },
  });
  t.strictSame(Object.keys(Object(event?.data)), ['path', 'provider', 'version', 'previousVersion', 'at']);
  const paths = (events: readonly { readonly data: unknown }[] = []) => events.map(({ data }) => Object(data).path);
  t.strictSame(paths(await prefix?.received(2)), ['db/a', 'db/b']);
  t.strictSame(paths(await all?.received(2)), ['db/a', 'db/b']);
  t.strictSame([paths(own?.events), paths(other?.events)], [['db/a'], []]);
  for (const source of [own, other, prefix, all]) t.notMatch(source?.text, /first|second/);
  await daemon.stop();
  t.equal(daemon.audit.filter(({ operation }) => operation === 'describe').length, 4, 'each watch is one access');
});

test('a change of a local file is told', async (t) => {
  const path = join(await temporaryDirectory(t), 'secrets.yaml');
  await writeFile(path, 'mail/token: first\n', { mode: 0o600 });
  const config = { providers: [{ name: 'files', type: 'local', path }] };
  const daemon = await startDaemon(t, { config });
  const watching = await watch(t, daemon.address(), { path: '/v1/watch?path=mail/token' });
  t.equal((await daemon.http().get('/v1/secrets/mail/token?format=raw')).text, 'first');
  await writeFile(path, 'mail/token: second\n');
  const [event] = await watching.received(1);
  t.match(event, { event: 'rotated', data: { path: 'mail/token', provider: 'files' } });
  t.equal((await daemon.http().get('/v1/secrets/mail/token?format=raw')).text, 'second');
  t.equal((await daemon.http().get('/v1/secrets/mail/token?format=raw&stage=previous')).text, 'first');
});

test('who was away is told what has happened since', async (t) => {
  const { vault, daemon } = await setUp(t);
  await readUntil(daemon, 'db/a', 'first');
  const before = await watch(t, daemon.address(), { path: '/v1/watch?path=db/a' });
  for (const value of ['second', 'third']) {
    vault.setSecret('db/a', doc(value));
    await readUntil(daemon, 'db/a', value);
  }
  const [first] = await before.received(2);
  before.leave();
  vault.setSecret('db/a', doc('fourth'));
  await readUntil(daemon, 'db/a', 'fourth');
  const headers = { 'last-event-id': first?.id };
  const after = await watch(t, daemon.address(), { path: '/v1/watch?path=db/a', headers });
  t.match(await after.received(2), [{ data: { version: '3' } }, { data: { version: '4' } }]);
  const stranger = { path: '/v1/watch?path=other', headers };
  t.strictSame((await watch(t, daemon.address(), stranger)).events, [], 'what was missed is filtered, too');
});

test('a watched secret is read anew though nobody reads it', async (t) => {
  const { vault, daemon } = await setUp(t, { cache: { ttl: '2s', refreshAhead: '1s' } });
  const source = await watch(t, daemon.address(), { path: '/v1/watch?path=db/a' });
  await until('it was read', () => vault.requests.some(({ path }) => path.endsWith('data/db/a')) || undefined);
  vault.setSecret('db/a', doc('second'));
  t.match(await source.received(1), [{ event: 'rotated', data: { path: 'db/a' } }]);
  await daemon.stop();
  const audited = daemon.audit.map(({ operation }) => operation);
  t.strictSame(audited, ['describe'], 'nobody was given the value');
});

test('a secret that is gone, a provider that fails and recovers', async (t) => {
  const { vault, daemon, read } = await setUp(t, { ...QUICK, circuitBreaker: { resetTimeout: '100ms' } });
  const source = await watch(t, daemon.address(), { path: '/v1/watch?path=db/a' });
  await readUntil(daemon, 'db/a', 'first');
  const answerBy = async (fault: Fault, type: string): Promise<void> => {
    vault.fault = fault;
    await until(`${type} is told`, async () => {
      await read('db/a');
      return source.events.at(-1)?.event === type || undefined;
    });
  };
  await answerBy(() => 'reset', 'stale');
  await answerBy(() => undefined, 'recovered');
  await answerBy(() => ({ status: 404, text: '{"errors":[]}' }), 'deleted');
  t.match(source.events, [
    { event: 'stale', data: { provider: 'vault', at: String } },
    { event: 'recovered', data: { provider: 'vault' } },
    { event: 'deleted', data: { path: 'db/a', provider: 'vault', previousVersion: '1' } },
  ]);
});

test('what is no watch is refused', async (t) => {
  const { daemon } = await setUp(t);
  for (const [query, status, code] of [
    ['', 400, 'InvalidParameter'],
    ['?path=a&prefix=b', 400, 'InvalidParameter'],
    ['?path=a//b', 400, 'InvalidPath'],
    ['?prefix=../', 400, 'InvalidPath'],
    ['?pth=a', 400, 'UnknownParameter'],
  ] as const)
    t.match((await daemon.http().get(`/v1/watch${query}`)).json, { status, code }, query);
  t.equal((await daemon.http().send({ method: 'POST', path: '/v1/watch?path=a' })).status, 405);
});

test('it needs a policy for describe, which a new configuration may take away', async (t) => {
  const { config, daemon } = await setUp(t);
  const source = await watch(t, daemon.address(), { path: '/v1/watch?path=db/a' });
  await daemon.reload({ ...config, log: { level: 'debug' } });
  t.notOk(source.isClosed, 'a reload that changes nothing about it leaves it');
  await daemon.reload({ ...config, access: { callers: [{ name: 'anonymous', operations: ['get'] }] } });
  await source.closed;
  t.match((await daemon.http().get('/v1/watch?path=db/a')).json, { status: 403, code: 'PolicyDenied' });
});

test('a watch goes on after a reload', async (t) => {
  const { config, vault, daemon } = await setUp(t);
  await readUntil(daemon, 'db/a', 'first');
  const source = await watch(t, daemon.address(), { path: '/v1/watch?path=db/a' });
  await daemon.reload({ ...config, deadline: '9s' });
  vault.setSecret('db/a', doc('second'));
  await readUntil(daemon, 'db/a', 'second');
  t.match(await source.received(1), [{ event: 'rotated' }]);
});

test('a long poll: at once when there is something else, else when there is, else 304', async (t) => {
  const { vault, read } = await setUp(t);
  const first = await read('db/a?wait=30s');
  t.equal(first.status, 200, 'without a condition nothing is waited for');
  t.equal((await read('db/a?wait=30s', { 'if-none-match': '"another"' })).status, 200);
  const held = { 'if-none-match': String(first.headers.etag) };
  const unchanged = await read('db/a?wait=200ms', held);
  t.strictSame([unchanged.status, unchanged.text, unchanged.headers.etag], [304, '', first.headers.etag]);
  const waiting = read('db/a?wait=30s&format=json', held);
  vault.setSecret('db/a', doc('second'));
  const second = await waiting;
  t.match([second.status, second.json], [200, { data: { v: 'second' }, version: '2' }]);
  for (const wait of ['61s', '30', 'soon', ''])
    t.match((await read(`db/a?wait=${wait}`)).json, { status: 400, code: 'InvalidParameter' }, wait);
});

test('the stop ends watches and long polls, after drain and not before', async (t) => {
  const socket = join(await temporaryDirectory(t), 'k.sock');
  const more = { ...QUICK, drain: '300ms', listen: ['127.0.0.1:0', `unix:${socket}`] };
  const { daemon, read } = await setUp(t, more);
  const held = { 'if-none-match': String((await read('db/a')).headers.etag) };
  const sources = await Promise.all(
    [0, 1].map((index) => watch(t, daemon.address(index), { path: '/v1/watch?path=db/a' })),
  );
  const polled = read('db/a?wait=60s', held);
  const stoppedAtMs = performance.now();
  const stopped = daemon.stop();
  await until('it drains', async () => (await daemon.http().get('/readyz')).status === 503 || undefined);
  t.notOk(sources.some(({ isClosed }) => isClosed));
  t.equal((await polled).status, 304);
  await Promise.all(sources.map(({ closed }) => closed));
  t.strictSame(await stopped, { code: 0, signal: null });
  t.ok(performance.now() - stoppedAtMs < 4_000, 'nobody holds it back');
});
