import { test } from 'tap';
import { FakeVaultEngines } from '../../fakes/fake-vault-engines.ts';
import { refusal } from '../../fakes/fake-vault-kv.ts';
import { call, fails, startRig, until } from './vault-rig.ts';

const rotateCall = { ...call, idempotencyToken: '00000000-0000-4000-8000-000000000000' };
const rotate = { 'db/static/*': 'database/rotate-role/*' };

test('the endpoint of a secret is posted to, once', async (t) => {
  const engines = new FakeVaultEngines();
  const rig = await startRig(t, { rotate });
  rig.vault.fault = engines.fault;
  t.same(await rig.provider.rotate('db/static/app', rotateCall), { triggered: true, status: 'completed' });
  t.same(engines.posted, [['database/rotate-role/app', '{}']]);
  t.equal(rig.provider.isRotationIdempotent, undefined);
});

test('what is not configured, here or in the store', async (t) => {
  const rig = await startRig(t, { rotate });
  const before = rig.vault.requests.length;
  await fails(t, rig.provider.rotate('app/db', rotateCall), 'RotationError/RotationNotConfigured');
  t.equal(rig.vault.requests.length, before, 'the store is not asked');
  rig.vault.fault = new FakeVaultEngines().fault;
  await fails(t, rig.provider.rotate('db/static/none', rotateCall), 'RotationError/RotationNotConfigured');
  rig.vault.fault = () => refusal(405, '1 error occurred:\n\t* unsupported operation\n\n');
  await fails(t, rig.provider.rotate('db/static/app', rotateCall), 'RotationError/RotationNotConfigured');
});

test('a rotation that fails', async (t) => {
  const rig = await startRig(t, { rotate });
  rig.vault.fault = () => refusal(500, '1 error occurred:\n\t* no connection\n\n');
  await fails(t, rig.provider.rotate('db/static/app', rotateCall), 'RotationError/RotationFailed');
  rig.vault.fault = () => refusal(503, 'Vault is sealed');
  await fails(t, rig.provider.rotate('db/static/app', rotateCall), 'ProviderError/ProviderUnavailable');
  rig.vault.fault = ({ path }) =>
    path.startsWith('database/') ? refusal(403, '1 error occurred:\n\t* permission denied\n\n') : undefined;
  const before = rig.vault.count('auth/token/lookup-self');
  const work = rig.provider.rotate('db/static/app', rotateCall);
  await until(() => rig.vault.count('auth/token/lookup-self') > before && rig.clock.timers === 1);
  await rig.clock.advance(250);
  await fails(t, work, 'AccessError/AccessDenied');
});
