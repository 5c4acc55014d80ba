import { test } from 'tap';
import { rotation } from '../notifications/events.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import { textSecret } from '../fakes/secrets.ts';
import { context, createClientRig, toCaller } from './client-rig.ts';

const operator = { ...context, caller: 'operator' };
const stale = { id: 's', type: 'stale', provider: 'files', at: new Date() } as const;

test('a watch is one access, which needs describe', async (t) => {
  const { audited, pipeline } = createClientRig();
  const { watcher } = pipeline;
  await watcher.admit({ path: 'a', context });
  await watcher.admit({ prefix: 'db/', context });
  await t.rejects(watcher.admit({ path: 'a', context: operator }), { code: 'PolicyDenied' });
  await t.rejects(watcher.admit({ path: 'a//b', context }), { code: 'InvalidPath' });
  await t.rejects(watcher.admit({ prefix: '../', context }), { code: 'InvalidPath' });
  t.match(audited, [
    { operation: 'describe', path: 'a', provider: 'files', context },
    { operation: 'describe', path: 'db/', context },
    { path: 'a', context: operator, code: 'PolicyDenied' },
    { code: 'InvalidPath' },
    { code: 'InvalidPath' },
  ]);
  t.strictSame(
    [context, operator].map((each) => watcher.isAllowed({ path: 'a', context: each })),
    [true, false],
  );
  t.equal(audited.length, 5, 'to ask whether it is allowed is no access');
});

test('it is told of its own path, or of what begins so, and of providers', async (t) => {
  const { watcher } = createClientRig().pipeline;
  const hears = (request: object, path: string): boolean =>
    watcher.concerns({ context, ...request }, rotation('1', { path, provider: 'files' }));
  t.strictSame(
    ['db/a', 'db/ab', 'db', 'x/db/a'].map((path) => [hears({ path: 'db/a' }, path), hears({ prefix: 'db/' }, path)]),
    [
      [true, true],
      [false, true],
      [false, false],
      [false, false],
    ],
  );
  t.ok(hears({ prefix: '' }, 'anything'));
  t.ok(watcher.concerns({ path: 'a', context }, stale));
  t.notOk(
    watcher.concerns({ prefix: '', context: operator }, rotation('1', { provider: 'files' })),
    'not without the policy',
  );
});

test('a watched secret is read and stays in use; what is under a prefix is not', async (t) => {
  const { clock, provider, events, audited, pipeline } = createClientRig({ cache: { refreshAheadMs: 60_000 } });
  const { watcher } = pipeline;
  await watcher.touch({ prefix: 'a', context });
  t.equal(provider.calls.length, 0);
  await watcher.touch({ path: 'a', context });
  t.equal(provider.calls.length, 1);
  await clock.advance(15_000);
  await watcher.touch({ path: 'a', context });
  t.equal(provider.calls.length, 1, 'what is at hand is only marked');
  provider.onGet = () => textSecret('new', { version: '2' });
  await clock.advance(300_000);
  t.match(events, [{ type: 'rotated', path: 'a', version: '2', previousVersion: '1' }]);
  t.strictSame(audited, [], 'nobody was given the value');
});

test('without it the same secret is not read again', async (t) => {
  const rig = createClientRig({ cache: { refreshAheadMs: 60_000 } });
  const { clock, provider } = rig;
  await rig.read();
  await clock.advance(600_000);
  t.equal(provider.calls.length, 1);
});

test('a secret that cannot be read can be watched', async (t) => {
  const { provider, pipeline } = createClientRig();
  provider.failWith(new SecretNotFoundError('SecretDoesNotExist', 'x'));
  await pipeline.watcher.touch({ path: 'a', context });
  await pipeline.watcher.touch({ path: 'a', context });
  t.equal(provider.calls.length, 1, 'that it is missing is remembered');
});

test('it is told under the spelling that it watches', async (t) => {
  const rig = createClientRig();
  const { clock, provider, events, pipeline } = rig;
  provider.toId = (path) => path.toLowerCase();
  await rig.read({ path: 'a' });
  await pipeline.watcher.touch({ path: 'A', context });
  provider.onGet = () => textSecret('new', { version: '2' });
  await clock.advance(2_000);
  await rig.read({ path: 'a', fresh: true });
  t.strictSame(events.map(({ path = '' }) => path).sort(), ['A', 'a']);
});

test('what was asked for is what has to be allowed: the path, or the prefix', async (t) => {
  const callers = [toCaller('me', { allow: ['a/**', 'b'], deny: ['a/x/**'] })];
  const { watcher } = createClientRig({ callers }).pipeline;
  const me = { ...context, caller: 'me' };
  const isAllowed = (request: object): boolean => watcher.isAllowed({ ...request, context: me });
  t.strictSame([isAllowed({ path: 'a/y' }), isAllowed({ path: 'a/x/y' })], [true, false]);
  t.strictSame(
    [isAllowed({ prefix: 'a/' }), isAllowed({ prefix: 'a/x/' }), isAllowed({ prefix: 'c' })],
    [true, false, false],
  );
  t.ok(isAllowed({}), 'all of it, of which there is some');
});

test('providers concern everyone; what it is not about is not asked for', async (t) => {
  const { pipeline, provider } = createClientRig({ callers: [toCaller('me', { tags: { team: 'shop' } })] });
  const me = { ...context, caller: 'me' };
  provider.onDescribe = (name) => ({ name, tags: { team: 'shop' } });
  const { watcher } = pipeline;
  for (const request of [{ path: 'a' }, { prefix: '' }, { prefix: 'a' }]) {
    t.equal(watcher.concerns({ ...request, context: me }, stale), true);
    t.equal(watcher.concernsInTime({ ...request, context: me }, stale), true);
  }
  const elsewhere = rotation('1', { path: 'b', provider: 'files' });
  t.equal(watcher.concernsInTime({ path: 'a', context: me }, elsewhere), false);
  t.equal(provider.calls.length, 0);
  t.equal(await watcher.concernsInTime({ path: 'b', context: me }, elsewhere), true);
  t.equal(watcher.concerns({ path: 'b', context: me }, elsewhere), true);
});
