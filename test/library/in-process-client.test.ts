import { inspect } from 'node:util';
import { test } from 'tap';
import { AccessError } from '../../src/core/errors/access-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { RequestError } from '../../src/core/errors/request-error.ts';
import { binarySecret, textSecret } from '../fakes/secrets.ts';
import { createLibraryRig } from './library-rig.ts';

test('a secret has the fields of the specification, and is one object for as long as it is kept', async (t) => {
  const { client, clock, provider } = createLibraryRig(t);
  const createdAt = new Date(5);
  provider.onGet = () => textSecret('s3cret', { createdAt, metadata: { name: 'db', tags: { team: 'shop' } } });
  const secret = await client.getSecret('db/creds');
  t.equal(secret.value, 's3cret');
  t.same(Object.fromEntries(Object.entries(secret)), {
    encoding: 'utf8',
    version: '1',
    createdAt,
    metadata: {
      path: 'db/creds',
      name: 'db',
      currentVersion: '1',
      stages: ['current'],
      tags: { team: 'shop' },
      rotationEnabled: false,
      createdAt: new Date(clock.wallMs()),
    },
    provider: 'fake',
    isStale: false,
  });
  t.equal(await client.getSecret('db/creds'), secret);
  t.equal(provider.calls.length, 1);
  t.throws(() => secret.metadata.stages.push('x'), TypeError, 'it is shared');
});

test('where the store tells no time, it is that of the fetch, whenever the answer is looked at', async (t) => {
  const { client, clock } = createLibraryRig(t);
  const fetchedAt = clock.wallMs();
  await client.getSecretKey('a', 'k').catch(() => undefined);
  await clock.advance(60_000);
  const { createdAt, metadata } = await client.getSecret('a');
  t.same([createdAt.getTime(), metadata.createdAt.getTime()], [fetchedAt, fetchedAt]);
});

test('a value shows nowhere by accident', async (t) => {
  const { client, provider } = createLibraryRig(t);
  provider.onGet = () => textSecret('s3cret');
  const secret = await client.getSecret('a');
  for (const shown of [inspect(secret, { showHidden: true, depth: 9 }), JSON.stringify(secret)])
    t.notMatch(shown, 's3cret');
  t.notOk('value' in { ...secret });
});

test('bytes come in base64', async (t) => {
  const { client, provider } = createLibraryRig(t);
  provider.onGet = () => binarySecret([0, 1, 255]);
  t.match(await client.getSecret('a'), { value: 'AAH/', encoding: 'base64' });
});

test('a key is a name or a pointer', async (t) => {
  const { client, provider } = createLibraryRig(t);
  provider.onGet = () => textSecret('{"port":5432,"users":["a","b"]}');
  t.equal(await client.getSecretKey('a', 'port'), '5432');
  t.equal(await client.getSecretKey('a', '/users/1'), 'b');
  await t.rejects(client.getSecretKey('a', 'none'), { category: 'ParseError', code: 'KeyNotFound' });
  t.equal(provider.calls.length, 1);
});

test('the options of a read reach the store; undefined ones count as left out', async (t) => {
  const { client, clock, provider } = createLibraryRig(t);
  await client.getSecret('a', { version: '7' });
  await client.getSecret('a', { stage: 'previous', version: undefined, provider: 'fake' });
  await client.getSecret('b');
  await client.getSecret('b', { skipCache: false });
  await clock.advance(1_001);
  await client.getSecret('b', { skipCache: true });
  t.same(
    provider.calls.map(({ id, selector }) => [id, selector]),
    [
      ['a', { version: '7' }],
      ['a', { stage: 'previous' }],
      ['b', {}],
      ['b', {}],
    ],
  );
  await t.rejects(client.getSecret('a', { provider: 'none' }), { code: 'InvalidProvider' });
});

test('while the store fails the last good value answers, and says so', async (t) => {
  const { client, clock, provider } = createLibraryRig(t, { cache: { ttl: 1_000, patience: 0 } });
  const fresh = await client.getSecret('a');
  provider.failWith(new ProviderError('ProviderUnavailable', 'it is down'));
  await clock.advance(2_000);
  const reading = client.getSecret('a');
  await clock.advance(0);
  t.match(await reading, { isStale: true, value: 'value of a' });
  t.equal(fresh.isStale, false);
});

test('a list is walked to its end, or as far as it is wanted', async (t) => {
  const { client, provider } = createLibraryRig(t);
  const names = Array.from({ length: 2_500 }, (_, index) => `app/${index}`);
  provider.onList = ({ limit, cursor = '0' }) => {
    const [from, to] = [Number(cursor), Number(cursor) + limit];
    const items = names.slice(from, to).map((name) => ({ name }));
    return { items, ...(to < names.length && { nextCursor: String(to) }) };
  };
  const all = await client.listSecrets('app/');
  t.same([all.length, all.nextToken, all.at(-1)?.path], [2_500, undefined, 'app/2499']);
  t.match(all[0], { currentVersion: '', stages: [], tags: {}, createdAt: Date });
  const some = await client.listSecrets('app/', { maxResults: 1_200 });
  t.equal(some.length, 1_200);
  const rest = await client.listSecrets('app/', { nextToken: some.nextToken });
  t.same([...some, ...rest], [...all]);
  for (const maxResults of [0, Number.NaN])
    await t.rejects(client.listSecrets('app/', { maxResults }), { code: 'InvalidParameter' });
  t.match(provider.calls.at(-1), { query: { tags: {} } });
  await client.listSecrets('app/', { tags: { team: 'shop' }, provider: 'fake' });
  t.match(provider.calls.at(-1), { query: { tags: { team: 'shop' } } });
});

test('a description and a rotation are the store’s', async (t) => {
  const { client, provider } = createLibraryRig(t);
  const lastAccessed = new Date(9);
  provider.onDescribe = (id) => ({ name: id, currentVersion: '3', rotationEnabled: true, lastAccessed });
  t.match(await client.describeSecret('a'), { path: 'a', currentVersion: '3', rotationEnabled: true, lastAccessed });
  await t.rejects(client.rotateSecret('a'), { category: 'RotationError', code: 'RotationNotConfigured' });
  provider.rotate = () => Promise.resolve({ triggered: true, status: 'pending' });
  t.same(await client.rotateSecret('a'), { triggered: true, status: 'pending' });
});

test('references are filled in, all or nothing', async (t) => {
  const { client, provider } = createLibraryRig(t);
  t.equal(await client.resolveReferences('x={{secret:a}};'), 'x=value of a;');
  provider.failWith(new AccessError('AccessDenied', 'no'));
  await t.rejects(client.resolveReferences('{{secret:b}}'), {
    name: 'ResolveFailure',
    failures: [{ error: AccessError }],
  });
});

test('what is forgotten is read anew by whoever asks after that', async (t) => {
  const { client, provider } = createLibraryRig(t);
  await client.getSecret('app/a');
  await client.getSecret('app/b');
  client.invalidateCache('app/a');
  await client.getSecret('app/a');
  t.equal(provider.calls.length, 3);
  client.invalidateCache('app/b');
  client.invalidateCachePrefix('app/');
  await Promise.all([
    client.getSecretKey('app/a', 'k').catch(() => undefined),
    client.resolveReferences('{{secret:app/b}}'),
  ]);
  t.equal(provider.calls.length, 5);
  await Promise.all([client.getSecret('app/a'), client.getSecret('app/b')]);
  t.equal(provider.calls.length, 5, 'once');
  for (const wrong of ['', '/a', 'a//b']) t.throws(() => client.invalidateCache(wrong), { code: 'InvalidPath' });
  t.throws(() => client.invalidateCachePrefix('../'), { code: 'InvalidPath' });
});

test('a path that the store cannot hold has nothing to forget', async (t) => {
  const { client, provider } = createLibraryRig(t);
  await client.ready();
  provider.locate = () => {
    throw new RequestError('InvalidPath', 'not in this store');
  };
  t.doesNotThrow(() => client.invalidateCache('nowhere'));
});

test('a client counts its reads, and nothing of the process', async (t) => {
  const { client } = createLibraryRig(t);
  await client.getSecret('a');
  await client.getSecret('a');
  const text = await client.metrics();
  t.match(text, 'secrets_cache_hits_total{provider="fake"} 1');
  t.notMatch(text, 'nodejs_');
});
