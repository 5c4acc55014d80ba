import { test } from 'tap';
import { AccessError } from '../../src/core/errors/access-error.ts';
import { AuthenticationError } from '../../src/core/errors/authentication-error.ts';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import { parsePathPattern } from '../../src/core/path-pattern.ts';
import type { SecretMetadata } from '../../src/core/secret.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';
import { type ClientRig, context, createClientRig, type RigOptions, TTL_MS, toCaller } from './client-rig.ts';

const me = { ...context, caller: 'me' };
const RIGHT = { team: 'shop', more: '1' };

/** A caller who may have what is tagged `team: shop`. */
function createRig(options: RigOptions = {}): ClientRig {
  const caller = toCaller('me', {
    operations: ['get', 'list', 'describe', 'resolve', 'invalidate'],
    tags: { team: 'shop' },
  });
  const rig = createClientRig({ ...options, callers: [caller] });
  rig.provider.onDescribe = (name) => ({ name, tags: RIGHT });
  return rig;
}

const names = (rig: ClientRig): readonly string[] => rig.provider.calls.map(({ name }) => name);
const read = async (rig: ClientRig, path = 'a'): Promise<unknown> =>
  (await rig.read({ path, context: me })).entry.secret.value.expose();
const denied = { code: 'PolicyDenied', message: "caller 'me' may not get" };

test('tags are looked at before the value is read, and once', async (t) => {
  const rig = createRig();
  t.equal(await read(rig), 'value of a');
  t.same(names(rig), ['describe', 'get']);
  t.notOk(rig.read({ context: me }) instanceof Promise, 'what is cached is answered at once');
  await rig.read({ context });
  t.same(names(rig), ['describe', 'get'], 'others need no tags');
});

test('without the tag there is no value, whatever else there is', async (t) => {
  for (const tags of [undefined, {}, { team: 'ship' }, { Team: 'shop' }, { more: '1' }]) {
    const rig = createRig();
    rig.provider.onDescribe = (name): SecretMetadata => ({ name, ...(tags !== undefined && { tags }) });
    await t.rejects(read(rig), denied);
    await t.rejects(read(rig), denied);
    t.same(names(rig), ['describe']);
    t.match(rig.audited, [{ code: 'PolicyDenied' }, { code: 'PolicyDenied' }]);
  }
});

test('a refusal for its tags is the same as one for what does not exist or may not be had', async (t) => {
  for (const error of [
    new SecretNotFoundError('SecretDoesNotExist', 'x'),
    new AccessError('AccessDenied', 'x'),
    new NetworkError('ConnectionFailed', 'x'),
    new AuthenticationError('InvalidCredentials', 'x'),
  ]) {
    const rig = createRig({ config: { retry: { maxAttempts: 1 } } });
    rig.provider.onDescribe = () => {
      throw error;
    };
    await t.rejects(read(rig), denied);
    await t.rejects(read(rig), denied);
    t.same(names(rig), ['describe'], 'and it is not asked for again at once');
    rig.provider.onDescribe = (name) => ({ name, tags: RIGHT });
    await rig.clock.advance(5_000);
    t.equal(await read(rig), 'value of a');
  }
});

test('they are read anew when a value would be, and a change counts', async (t) => {
  const rig = createRig();
  await read(rig);
  await rig.clock.advance(TTL_MS - 1);
  await read(rig);
  t.same(names(rig), ['describe', 'get']);
  await rig.clock.advance(1);
  rig.provider.onDescribe = (name) => ({ name, tags: { team: 'ship' } });
  await t.rejects(read(rig), denied);
});

test('while the store fails older ones count, as long as an older value would', async (t) => {
  const rig = createRig();
  await read(rig);
  await rig.clock.advance(TTL_MS);
  const fail = (): never => {
    throw new NetworkError('ConnectionFailed', 'x');
  };
  Object.assign(rig.provider, { onDescribe: fail, onGet: fail });
  t.equal(await read(rig), 'value of a');
  const { length } = names(rig).filter((name) => name === 'describe');
  t.notOk(rig.read({ context: me }) instanceof Promise, 'it rests for a moment');
  await rig.clock.advance(5_000);
  t.equal(await read(rig), 'value of a');
  t.equal(names(rig).filter((name) => name === 'describe').length, length + 1);
  await rig.clock.advance(86_400_000);
  await t.rejects(read(rig), denied);
});

test('nor are they waited for longer than for a value', async (t) => {
  const rig = createRig();
  await read(rig);
  await rig.clock.advance(TTL_MS);
  Object.assign(rig.provider, { describe: () => new Promise(() => undefined) });
  const reading = read(rig);
  await rig.clock.advance(500);
  t.equal(await reading, 'value of a');
});

test('without staleFallback older ones count for nothing', async (t) => {
  const rig = createRig({ cache: { staleFallback: false } });
  await read(rig);
  await rig.clock.advance(TTL_MS);
  rig.provider.onDescribe = () => {
    throw new NetworkError('ConnectionFailed', 'x');
  };
  const reading = t.rejects(read(rig), denied);
  await rig.clock.advance(20_000);
  await reading;
});

test('what the store says of the secret itself ends what was known', async (t) => {
  const rig = createRig();
  await read(rig);
  await rig.clock.advance(TTL_MS);
  rig.provider.onDescribe = () => {
    throw new SecretNotFoundError('SecretDoesNotExist', 'x');
  };
  await t.rejects(read(rig), denied);
});

test('many who ask at once wait for one description', async (t) => {
  const rig = createRig();
  await Promise.all(Array.from({ length: 20 }, () => read(rig)));
  t.same(names(rig), ['describe', 'get']);
});

test('a batch is decided one by one', async (t) => {
  const rig = createRig();
  rig.provider.onDescribe = (name) => ({ name, tags: name === 'b' ? {} : RIGHT });
  const targets = ['a', 'b', 'c'].map((path) => ({ path }));
  const reading = rig.pipeline.secrets.readAll(targets, { context: me });
  const answers = await Promise.allSettled(reading.map(async (answer) => answer));
  t.same(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  t.notOk(rig.provider.calls.some(({ name, id }) => name === 'get' && id === 'b'));
});

test('where another store answers, its own tags count', async (t) => {
  for (const [tags, expected] of [
    [RIGHT, 'value of a'],
    [{}, undefined],
  ] as const) {
    const backup = new FakeProvider('backup');
    const pathMappings = [{ pattern: parsePathPattern('**'), providers: ['files', 'backup'], scope: {}, prefix: '' }];
    const rig = createRig({ others: [backup], config: { pathMappings } });
    rig.provider.failWith(new NetworkError('ConnectionFailed', 'x'));
    backup.onDescribe = (name) => ({ name, tags });
    if (expected === undefined) await t.rejects(read(rig), denied);
    else t.equal(await read(rig), expected);
    t.ok(backup.calls.some(({ name }) => name === 'describe'));
    if (expected === undefined) await t.rejects(read(rig), denied, 'also when it is cached');
  }
});

test('where the first cannot tell, the next one does', async (t) => {
  const backup = new FakeProvider('backup');
  const pathMappings = [{ pattern: parsePathPattern('**'), providers: ['files', 'backup'], scope: {}, prefix: '' }];
  const rig = createRig({ others: [backup], config: { pathMappings, retry: { maxAttempts: 1 } } });
  const down = (): never => {
    throw new NetworkError('ConnectionFailed', 'x');
  };
  Object.assign(rig.provider, { onDescribe: down, onGet: down });
  backup.onDescribe = (name) => ({ name, tags: RIGHT });
  t.equal(await read(rig), 'value of a');
  const missing = createRig({ others: [backup], config: { pathMappings } });
  missing.provider.onDescribe = () => {
    throw new SecretNotFoundError('SecretDoesNotExist', 'x');
  };
  await t.rejects(read(missing), denied, 'but not where the first says that there is none');
});

test('a list asks the store for them, and looks itself', async (t) => {
  const rig = createRig();
  rig.provider.onList = () => ({
    items: [{ name: 'a', tags: RIGHT }, { name: 'b', tags: { team: 'ship' } }, { name: 'c' }],
  });
  const list = (tags: Readonly<Record<string, string>>) =>
    rig.metadata.list({ prefix: '', tags, limit: 10, context: me });
  t.match((await list({ tier: '1' })).items, [{ path: 'a' }, { path: 'c' }]);
  t.match(rig.provider.calls[0]?.query, { tags: { team: 'shop', tier: '1' } });
  t.same((await list({ team: 'ship' })).items, []);
  t.equal(rig.provider.calls.length, 1, 'what nothing can have is not asked for');
});

test('describe, versions, watches and invalidations look at them, too', async (t) => {
  const rig = createRig();
  const { pipeline } = rig;
  const event = (path: string) =>
    ({ type: 'rotated', id: path, provider: 'files', path, version: '2', at: new Date() }) as const;
  t.equal((await rig.metadata.describe({ path: 'a', context: me })).path, 'a');
  const watch = { prefix: '', context: me };
  t.ok(pipeline.watcher.concerns(watch, event('a')));
  t.notOk(pipeline.watcher.concerns(watch, event('b')), 'its tags are not known');
  t.ok(await pipeline.watcher.concernsInTime(watch, event('b')));
  t.ok(pipeline.watcher.isAllowed(watch));
  t.ok(pipeline.watcher.isAllowed({ path: 'zzz', context: me }), 'what is not known yet does not end a watch');
  rig.provider.onDescribe = (name) => ({ name, tags: {} });
  t.notOk(await pipeline.watcher.concernsInTime(watch, event('c')));
  await t.rejects(rig.metadata.describe({ path: 'd', context: me }), { code: 'PolicyDenied' });
  await t.rejects(rig.metadata.versions({ path: 'd', limit: 1, context: me }), { code: 'PolicyDenied' });
  await t.rejects(pipeline.watcher.admit({ path: 'd', context: me }), { code: 'PolicyDenied' });
  await t.rejects(async () => pipeline.secrets.touch({ path: 'd', context: me }), { code: 'PolicyDenied' });
  t.notOk(pipeline.gate.sees({ context: me, operation: 'invalidate' }, { path: 'd', provider: 'files' }));
});

test('without older ones a caller waits for the store, however long that takes', async (t) => {
  const rig = createRig();
  const { promise, resolve } = Promise.withResolvers<SecretMetadata>();
  Object.assign(rig.provider, { describe: () => promise });
  const reading = read(rig);
  await rig.clock.advance(2_000);
  resolve({ name: 'a', tags: RIGHT });
  t.equal(await reading, 'value of a');
});
