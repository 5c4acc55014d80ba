import { test } from 'tap';
import { AccessError } from '../../src/core/errors/access-error.ts';
import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import { textSecret } from '../fakes/secrets.ts';
import { atOnce, type ClientRig, createClientRig, told } from './client-rig.ts';

const GRACE_MS = 300_000;

/** A rig whose `a` was read in its version 1, and is in version 2 now. */
async function createRig(): Promise<ClientRig> {
  const rig = createClientRig({ cache: { gracePeriodMs: GRACE_MS, ttlMs: 3_600_000 } });
  await rig.read();
  await rig.clock.advance(2_000);
  rig.provider.calls.length = 0;
  rig.provider.onGet = () => textSecret('new', { version: '2' });
  return rig;
}

const kinds = ({ events }: ClientRig): readonly string[] => events.map(({ type, path }) => `${type} ${path}`);

test('a new version is told once, logged and counted', async (t) => {
  const rig = await createRig();
  await rig.read({ fresh: true });
  await rig.clock.advance(2_000);
  await rig.read({ fresh: true });
  t.match(rig.events, [{ type: 'rotated', provider: 'files', path: 'a', version: '2', previousVersion: '1' }]);
  t.equal(rig.events.length, 1);
  t.same(rig.log.messages('info'), ['secret rotated']);
  t.same(await rig.samples('secrets_rotations'), ['secrets_rotations_detected_total{provider="files"} 1']);
  t.notMatch(JSON.stringify(rig.events) + rig.log.text(), /value of a|new/);
});

test('the old value answers as `previous`, without a call, for the grace period', async (t) => {
  const rig = await createRig();
  await rig.read({ fresh: true });
  const answer = atOnce(rig.read({ stage: 'previous' }));
  t.same(told(answer), ['hit', 'value of a']);
  t.match(answer.entry.secret, { version: '1', stages: ['previous'] });
  await rig.clock.advance(GRACE_MS - 1);
  atOnce(rig.read({ stage: 'previous' }));
  await rig.clock.advance(1);
  t.ok(rig.read({ stage: 'previous' }) instanceof Promise);
});

test('a `previous` that was known before is not served after the rotation', async (t) => {
  const rig = createClientRig();
  rig.provider.onGet = ({ selector }) => textSecret(selector.stage ?? 'current', { version: selector.stage ?? '1' });
  await rig.read();
  await rig.read({ stage: 'previous' });
  await rig.clock.advance(2_000);
  rig.provider.onGet = () => textSecret('new', { version: '2' });
  await rig.read({ fresh: true });
  t.same(told(atOnce(rig.read({ stage: 'previous' }))), ['hit', 'current']);
});

test('a `previous` that was under way when the version changed does not take the place of the old value', async (t) => {
  const rig = await createRig();
  const store = rig.provider.hold();
  const older = rig.read({ stage: 'previous' });
  await rig.clock.advance(0);
  rig.provider.onGet = () => textSecret('new', { version: '2' });
  await rig.read({ fresh: true });
  store.answer(textSecret('the one before', { version: '0' }));
  t.same(told(await older), ['miss', 'the one before'], 'it is delivered');
  t.same(told(atOnce(rig.read({ stage: 'previous' }))), ['hit', 'value of a']);
});

test('the same version is no news, nor is another version of another selector', async (t) => {
  const rig = await createRig();
  rig.provider.onGet = () => textSecret('value of a');
  await rig.read({ fresh: true });
  await rig.read({ stage: 'blue' });
  await rig.clock.advance(2_000);
  rig.provider.onGet = () => textSecret('x', { version: '7' });
  await rig.read({ stage: 'blue', fresh: true });
  t.same(rig.events, []);
});

test('every path under which it was read is told', async (t) => {
  const rig = createClientRig();
  rig.provider.toId = (path) => path.toLowerCase();
  for (const path of ['DB', 'db', 'Db', 'db']) await rig.read({ path });
  await rig.clock.advance(2_000);
  rig.provider.onGet = () => textSecret('new', { version: '2' });
  await rig.read({ path: 'db', fresh: true });
  t.same(kinds(rig), ['rotated DB', 'rotated db', 'rotated Db']);
  await rig.clock.advance(2_000);
  rig.provider.onGet = () => textSecret('newer', { version: '3' });
  await rig.read({ path: 'db', fresh: true });
  t.equal(rig.events.length, 6, 'the next time, too');
});

test('a secret that is gone is told as deleted, once', async (t) => {
  const rig = await createRig();
  const error = new SecretNotFoundError('SecretDoesNotExist', 'x');
  rig.provider.failWith(error);
  for (let count = 0; count < 2; count++) await t.rejects(Promise.resolve(rig.read({ fresh: true })), error);
  t.match(rig.events, [{ type: 'deleted', provider: 'files', path: 'a', previousVersion: '1' }]);
  t.equal(rig.events.length, 1);
});

test('that we may not have it is told to nobody', async (t) => {
  const rig = await createRig();
  rig.provider.failWith(new AccessError('AccessDenied', 'x'));
  await t.rejects(Promise.resolve(rig.read({ fresh: true })), { code: 'AccessDenied' });
  t.same(rig.events, []);
});

test('a version or stage that is gone is no deletion of the secret', async (t) => {
  const rig = await createRig();
  for (const selector of [{ version: '3' }, { stage: 'blue' }]) {
    rig.provider.onGet = () => textSecret('x', { version: '3' });
    await rig.read(selector);
    await rig.clock.advance(2_000);
    rig.provider.failWith(new SecretNotFoundError('VersionNotFound', 'x'));
    await t.rejects(Promise.resolve(rig.read({ ...selector, fresh: true })), { code: 'VersionNotFound' });
  }
  t.same(kinds(rig), []);
});

test('a secret that is found to be gone through one of its versions is told as deleted, too', async (t) => {
  const rig = await createRig();
  rig.provider.failWith(new SecretNotFoundError('SecretDoesNotExist', 'x'));
  await t.rejects(Promise.resolve(rig.read({ version: '3' })), { code: 'SecretDoesNotExist' });
  t.match(rig.events, [{ type: 'deleted', path: 'a', previousVersion: '1' }]);
});

test('a secret that was never there is told of nothing', async (t) => {
  const rig = createClientRig();
  rig.provider.failWith(new SecretNotFoundError('SecretDoesNotExist', 'x'));
  await t.rejects(Promise.resolve(rig.read()), { code: 'SecretDoesNotExist' });
  t.same(rig.events, []);
});
