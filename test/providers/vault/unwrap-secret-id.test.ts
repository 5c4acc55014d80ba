import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { fails, until, VaultRig } from './vault-rig.ts';
import { startFakeVault, faults } from '../../fakes/fake-vault.ts';

const UNWRAP = 'sys/wrapping/unwrap';
const LOGIN = 'auth/approle/login';

interface Wrapped {
  readonly rig: VaultRig;
  readonly file: string;
}

/** A provider with a wrapping token in a file, at a store that knows `good` and `better`. */
async function startWrapped(t: Test, token: string): Promise<Wrapped> {
  const file = join(t.testdir(), 'wrapped');
  await writeFile(file, `${token}\n`);
  const vault = await startFakeVault({ secrets: { 'app/db': '{"a":1}' } });
  vault.wrapped.set('good', 'the-secret-id').set('better', 'the-secret-id');
  const auth = { method: 'approle', roleId: 'the-role', wrappedSecretId: { file } };
  const rig = new VaultRig(vault, { auth });
  t.teardown(async () => {
    await rig.provider.close();
    await vault.close();
  });
  return { rig, file };
}

test('a secret id is unwrapped once and serves all logins', async (t) => {
  const { rig } = await startWrapped(t, 'good');
  await rig.provider.start(() => undefined);
  for (let i = 0; i < 2; i++) {
    rig.vault.tokens.clear();
    await rig.clock.advance(2_000);
    t.equal(await rig.text('app/db'), '{"a":1}');
  }
  t.equal(rig.vault.count(UNWRAP), 1);
  t.equal(rig.vault.count(LOGIN), 3);
});

test('a wrapping token that was used before is an alarm, told once, and never sent again', async (t) => {
  const { rig, file } = await startWrapped(t, 'stolen');
  await rig.provider.start(() => undefined);
  for (let i = 0; i < 5; i++) await rig.clock.advance(60_000);
  const error = await fails(t, rig.get('app/db'), 'AuthenticationError/InvalidCredentials');
  t.match(error.message, /wrapping token .* somebody has unwrapped it before/);
  t.equal(rig.vault.count(UNWRAP), 1);
  t.equal(rig.vault.count(LOGIN), 0);
  t.same(rig.log.messages('error'), [error.message]);
  t.notMatch(rig.log.text(), 'stolen');
  await writeFile(file, 'better');
  t.equal(await rig.text('app/db'), '{"a":1}', 'a new one is tried at once');
  t.equal(rig.vault.count(UNWRAP), 2);
});

test('a store that is sealed does not spoil the wrapping token', async (t) => {
  const { rig } = await startWrapped(t, 'good');
  rig.vault.fault = faults.sealed;
  await rig.provider.start(() => undefined);
  rig.vault.fault = () => undefined;
  await rig.clock.advance(1_000);
  await until(() => rig.identityCalls.includes('success'));
  t.equal(await rig.text('app/db'), '{"a":1}');
  t.equal(rig.vault.count(UNWRAP), 2);
});

test('a secret id that was refused is not unwrapped again', async (t) => {
  const { rig } = await startWrapped(t, 'good');
  rig.vault.approle.secretId = 'another';
  await rig.provider.start(() => undefined);
  await rig.clock.advance(1_000);
  await until(() => rig.identityCalls.length === 2);
  await fails(t, rig.get('app/db'), 'AuthenticationError/InvalidCredentials');
  t.equal(rig.vault.count(UNWRAP), 1);
  t.equal(rig.vault.count(LOGIN), 2);
});

test('what is wrapped must be a secret id', async (t) => {
  const { rig } = await startWrapped(t, 'good');
  rig.vault.fault = ({ path }) =>
    path === UNWRAP ? { status: 200, text: '{"request_id":"1","data":{"keys":"x"}}' } : undefined;
  await rig.provider.start(() => undefined);
  const error = await fails(t, rig.get('app/db'), 'AuthenticationError/InvalidCredentials');
  t.match(error.message, /is no secret id/);
});
