import { test } from 'tap';
import { toCallerRules } from '../../src/access/caller-rules.ts';
import { Policy } from '../../src/access/policy.ts';
import { type AuditEvent, noAudit } from '../../src/audit/audit-log.ts';
import { Client } from '../../src/client/client.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { CallerError } from '../../src/core/errors/caller-error.ts';
import { Redacted } from '../../src/core/redacted.ts';
import { EventHub } from '../../src/notifications/event-hub.ts';
import { createCacheRig } from '../cache/cache-rig.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';
import { textSecret } from '../fakes/secrets.ts';
import { context, noMetrics, testConfig, toCaller, toSource } from './client-rig.ts';

const operator = { ...context, caller: 'operator' };
const event = { operation: 'invalidate', path: 'db', context: operator, cached: false };

function createRig() {
  const { cache, clock } = createCacheRig();
  const provider = new FakeProvider('local');
  const audited: AuditEvent[] = [];
  const client = new Client({
    config: { ...testConfig(), defaultProvider: 'local' },
    instances: new Map([['local', [toSource(provider, { clock })]]]),
    events: new EventHub(clock),
    cache,
    policy: new Policy(
      toCallerRules('open', [
        toCaller('operator', { operations: ['invalidate', 'get'] }),
        toCaller('narrow', { operations: ['invalidate', 'get'], allow: ['app/*'], deny: ['app/b'] }),
      ]),
    ),
    audit: { ...noAudit, record: (event) => void audited.push(event) },
    metrics: noMetrics(),
    log: new RecordingLog(),
    clock,
    random: () => 0.5,
  });
  const isCached = (path: string): boolean => !(client.read({ path, context: operator }) instanceof Promise);
  return { client, provider, clock, audited, isCached };
}

test('an invalidation forgets every selector of one secret, and no other', async (t) => {
  const { client, audited, isCached } = createRig();
  for (const path of ['db', 'db2', 'other']) await client.read({ path, context });
  await client.read({ path: 'db', version: '1', context });
  audited.length = 0;
  await client.invalidate('db', operator);
  t.match(audited, [event]);
  t.notOk('code' in (audited[0] ?? {}));
  t.equal(client.cacheStats().entries, 2);
  t.same(['db2', 'other'].map(isCached), [true, true]);
  t.notOk(isCached('db'));
});

test('one of a prefix forgets what begins with it', async (t) => {
  const { client, isCached } = createRig();
  for (const path of ['app/a', 'app/b', 'apple', 'x/app/a']) await client.read({ path, context });
  await client.invalidatePrefix('app/', operator);
  t.same(['app/a', 'app/b', 'apple', 'x/app/a'].map(isCached), [false, false, true, true]);
  await client.read({ path: 'app/a', context });
  await client.invalidatePrefix('', operator);
  t.same(['app/a', 'apple', 'x/app/a'].map(isCached), [false, false, false]);
});

test('nobody forgets what it may not', async (t) => {
  const { client, isCached } = createRig();
  const paths = ['app/a', 'app/b', 'x'];
  for (const path of paths) await client.read({ path, context });
  const narrow = { ...context, caller: 'narrow' };
  await client.invalidatePrefix('', narrow);
  t.same(paths.map(isCached), [false, true, true]);
  await t.rejects(client.invalidate('app/b', narrow), { code: 'PolicyDenied' });
  await t.rejects(client.invalidatePrefix('x', narrow), { code: 'PolicyDenied' });
  t.same(paths.slice(1).map(isCached), [true, true]);
});

test('a refused read asks no store, and leaves what is cached', async (t) => {
  const { client, provider, isCached, audited } = createRig();
  await client.read({ path: 'app/b', context });
  const { length } = provider.calls;
  audited.length = 0;
  const narrow = { ...context, caller: 'narrow' };
  for (const path of ['app/b', 'app/b', 'missing', 'missing'])
    t.throws(() => client.read({ path, context: narrow }), {
      code: 'PolicyDenied',
      message: "caller 'narrow' may not get",
    });
  t.equal(provider.calls.length, length);
  t.ok(isCached('app/b'));
  t.equal(audited.filter(({ code }) => code === 'PolicyDenied').length, 4);
});

test('what is under way then is delivered, not kept', async (t) => {
  const { client, provider, isCached } = createRig();
  const store = provider.hold();
  const reading = client.read({ path: 'db', context });
  await client.invalidate('db', operator);
  store.answer(textSecret('old'));
  t.equal((await reading).entry.secret.value.expose(), 'old');
  t.notOk(isCached('db'));
});

test('it needs a policy, and a path; a refusal is recorded and forgets nothing', async (t) => {
  const { client, audited, isCached } = createRig();
  await client.read({ path: 'db', context });
  audited.length = 0;
  await t.rejects(client.invalidate('db', context), { code: 'PolicyDenied' });
  await t.rejects(client.invalidatePrefix('', context), { code: 'PolicyDenied' });
  await t.rejects(client.invalidate('', operator), { code: 'InvalidPath' });
  await t.rejects(client.invalidatePrefix('../', operator), { code: 'InvalidPath' });
  t.strictSame(audited, [
    { ...event, context, code: 'PolicyDenied' },
    { ...event, context, path: '', code: 'PolicyDenied' },
    { ...event, path: '', code: 'InvalidPath' },
    { ...event, path: '../', code: 'InvalidPath' },
  ]);
  t.ok(isCached('db'));
});

test('a provider that is dropped leaves nothing, under way included', async (t) => {
  const { client, provider, isCached } = createRig();
  await client.read({ path: 'db', context });
  const store = provider.hold();
  const reading = client.read({ path: 'late', context });
  client.dropInstance('other');
  t.equal(client.cacheStats().entries, 1);
  client.dropInstance('local');
  store.answer(textSecret('x'));
  await reading;
  t.equal(client.cacheStats().entries, 0);
  t.notOk(isCached('db'));
});

test('an access that was refused at the door is recorded', async (t) => {
  const { client, audited } = createRig();
  client.recordRefusal({ operation: 'get', path: 'db', context }, new CallerError('NotAuthenticated', 'x'));
  t.strictSame(audited, [{ operation: 'get', path: 'db', context, cached: false, code: 'NotAuthenticated' }]);
});

test('a body is kept with the value it was built of', async (t) => {
  const { client } = createRig();
  const answer = await client.read({ path: 'db', context });
  const build = () => ({ body: new Redacted('x'), contentType: 'text/plain', etag: '"x"', bytes: 1 });
  const built = client.represent(answer, '', build);
  t.equal(client.represent(await client.read({ path: 'db', context }), '', build), built);
});

test('the status tells how each instance is doing', async (t) => {
  const { client, provider, clock } = createRig();
  t.strictSame(client.status(), [{ name: 'local', label: 'local', type: 'local', breaker: 'closed' }]);
  await client.read({ path: 'db', context });
  provider.status = () => ({ identityExpiresInMs: 5 });
  provider.failWith(new NetworkError('Timeout', 'x'));
  const failing = t.rejects(Promise.resolve(client.read({ path: 'x', context })));
  await clock.advance(20_000);
  await failing;
  t.match(client.status(), [
    {
      name: 'local',
      type: 'local',
      breaker: 'closed',
      identityExpiresInMs: 5,
      lastSuccessAtMs: Number,
      lastError: { error: 'NetworkError', code: 'Timeout' },
    },
  ]);
});
