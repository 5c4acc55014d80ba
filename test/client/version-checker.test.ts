import { test } from 'tap';
import { AuthenticationError } from '../../src/core/errors/authentication-error.ts';
import { textSecret } from '../fakes/secrets.ts';
import { atOnce, type ClientRig, createClientRig, told } from './client-rig.ts';

const EVERY_MS = 10_000;

/** `a` and `b` were read in version 1, `a` again a moment later. */
async function createRig(checkIntervalMs = EVERY_MS): Promise<ClientRig> {
  const rig = createClientRig({ config: { rotation: { checkIntervalMs } }, cache: { ttlMs: 3_600_000 } });
  rig.provider.onDescribe = (name) => ({ name, currentVersion: '1' });
  void rig.pipeline.start();
  for (const path of ['a', 'b']) await rig.read({ path });
  rig.provider.calls.length = 0;
  return rig;
}

const asked = ({ provider }: ClientRig): readonly string[] =>
  provider.calls.splice(0).map(({ name, id }) => `${name} ${id}`);

test('a new version of a secret in use is found by its metadata, and read', async (t) => {
  const rig = await createRig();
  rig.provider.onGet = () => textSecret('new', { version: '2' });
  await rig.clock.advance(EVERY_MS);
  t.same(asked(rig), ['describe b', 'describe a']);
  atOnce(rig.read());
  rig.provider.onDescribe = (name) => ({ name, currentVersion: '2' });
  await rig.clock.advance(EVERY_MS);
  t.same(asked(rig), ['describe a', 'get a'], 'of secrets in use only');
  t.same(told(atOnce(rig.read())), ['hit', 'new']);
  t.match(rig.events, [{ type: 'rotated', path: 'a', version: '2' }]);
  await rig.clock.advance(EVERY_MS);
  t.same(asked(rig), ['describe a']);
  await rig.pipeline.close();
});

test('what does not tell its version is not read for that', async (t) => {
  const rig = await createRig();
  rig.provider.onDescribe = (name) => ({ name });
  await rig.clock.advance(EVERY_MS);
  t.same(asked(rig), ['describe b', 'describe a']);
  await rig.pipeline.close();
});

test('a check that fails is left at that, and the value stays', async (t) => {
  const rig = await createRig();
  rig.provider.onDescribe = () => {
    throw new AuthenticationError('InvalidCredentials', 'x');
  };
  await rig.clock.advance(EVERY_MS);
  t.same(asked(rig), ['describe b', 'describe a']);
  t.same(told(atOnce(rig.read())), ['hit', 'value of a']);
  await rig.clock.advance(EVERY_MS);
  t.same(asked(rig), ['describe a'], 'and goes on');
  await rig.pipeline.close();
});

test('nothing is checked by default, nor after the close', async (t) => {
  const never = await createRig(0);
  await never.clock.advance(3_600_000);
  t.same(asked(never), []);
  const closed = await createRig();
  await closed.pipeline.close();
  await closed.clock.advance(3_600_000);
  t.same(asked(closed), []);
  t.equal(closed.clock.timers, 0);
});
