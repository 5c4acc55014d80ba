import { test, type Test } from 'tap';
import { FakeVaultEngines } from '../../fakes/fake-vault-engines.ts';
import { envelope } from '../../fakes/fake-vault-kv.ts';
import { call, fails, startRig, type VaultRig } from './vault-rig.ts';

async function startOld(
  t: Test,
  options: object = { kvVersion: 1 },
): Promise<VaultRig & { engines: FakeVaultEngines }> {
  const engines = new FakeVaultEngines();
  engines.old.set('app/db', '{"n":9007199254740993,"f":1.0,"__proto__":{"a":1}}');
  const rig = await startRig(t, { mount: 'old', ...options });
  rig.vault.fault = engines.fault;
  return Object.assign(rig, { engines });
}

test('a value is the source text of the store, and its version a keyed hash of it', async (t) => {
  const rig = await startOld(t);
  const secret = await rig.get('app/db');
  t.equal(secret.value.expose(), '{"n":9007199254740993,"f":1.0,"__proto__":{"a":1}}');
  t.same(secret.stages, ['current']);
  t.equal(secret.ttlMs, undefined, "the mount's default says nothing of the secret");
  t.same(secret.metadata, { name: 'app/db', currentVersion: secret.version, stages: ['current'] });
  t.match(secret.version, /^[0-9a-f]{32}$/);
  t.equal((await rig.get('app/db')).version, secret.version, 'stable');
  rig.engines.old.set('app/same', '{"n":9007199254740993,"f":1.0,"__proto__":{"a":1}}');
  t.not((await rig.get('app/same')).version, secret.version, 'equal values do not show');
  rig.engines.old.set('app/db', '{}');
  t.not((await rig.get('app/db')).version, secret.version);
  const other = await startOld(t);
  t.not((await other.get('app/db')).version, secret.version, 'another key for each instance');
});

test('a lifetime that the secret names itself bounds the time to live', async (t) => {
  const rig = await startOld(t);
  rig.engines.old.set('app/short', '{"a":1,"ttl":"30s"}');
  t.equal((await rig.get('app/short')).ttlMs, 30_000);
});

test('there are no versions and no stages', async (t) => {
  const rig = await startOld(t);
  await fails(t, rig.get('app/db', '1'), 'SecretNotFoundError/VersionNotFound');
  await fails(t, rig.get('app/db', undefined, 'previous'), 'SecretNotFoundError/StageNotFound');
  await fails(t, rig.get('none', '1'), 'SecretNotFoundError/SecretDoesNotExist');
  await fails(t, rig.provider.versions('app/db', { limit: 1 }, call), 'ConfigurationError/InvalidProvider');
  await fails(t, rig.provider.versions('none', { limit: 1 }, call), 'SecretNotFoundError/SecretDoesNotExist');
  const tagged = rig.provider.list({ prefix: '', tags: { a: 'b' }, limit: 1 }, call);
  t.match((await fails(t, tagged, 'ConfigurationError/InvalidProvider')).message, /'tag'/);
});

test('a list and a description', async (t) => {
  const rig = await startOld(t);
  rig.engines.old.set('b', '{}');
  t.same(await rig.provider.list({ prefix: '', tags: {}, limit: 9 }, call), {
    items: [{ name: 'app/db' }, { name: 'b' }],
  });
  const { version } = await rig.get('b');
  t.same(await rig.provider.describe('b', call), { name: 'b', currentVersion: version, stages: ['current'] });
});

test('what is not of version 1 says so', async (t) => {
  const rig = await startOld(t);
  rig.vault.fault = () => envelope('["a"]');
  await fails(t, rig.get('app/db'), 'ConfigurationError/InvalidProvider');
  rig.vault.fault = () => undefined;
  const configured = await startRig(t, { kvVersion: 1 });
  const error = await fails(t, configured.get('app/db'), 'ConfigurationError/InvalidProvider');
  t.equal(error.message, "the mount 'secret' is a KV engine of version 2, not 1");
});

test('an engine that was upgraded is found out at the next read', async (t) => {
  const rig = await startRig(t, { kvVersion: undefined });
  let isOld = true;
  rig.vault.fault = ({ path }) =>
    isOld && path.startsWith('sys/internal') ? envelope('{"path":"secret/","type":"kv","options":null}') : undefined;
  await fails(t, rig.get('app/db'), 'ConfigurationError/InvalidProvider');
  isOld = false;
  t.equal(await rig.text('app/db'), '{"a":1}');
});
