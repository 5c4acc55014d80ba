import { test } from 'tap';
import { refusal } from '../../fakes/fake-vault-kv.ts';
import { call, fails, startRig, until } from './vault-rig.ts';

test('a value is the source text of the store', async (t) => {
  const rig = await startRig(t);
  const text = '{"n":9007199254740993,"f":1.0,"e":1e3,"__proto__":{"a":1},"metadata":{"version":7},"data":null}';
  rig.vault.setSecret('app/exact', text);
  const secret = await rig.get('app/exact');
  t.equal(secret.value.expose(), text);
  t.same(secret.stages, ['current']);
  t.equal(secret.version, '1');
  t.equal(secret.createdAt?.toISOString(), '2025-06-01T00:00:01.123Z');
  t.equal(secret.ttlMs, undefined);
});

test('custom metadata are tags, and a deletion to come bounds the time to live', async (t) => {
  const rig = await startRig(t);
  rig.vault.kv.write('app/tagged', '{}', { tags: { team: 'shop' }, deletionTime: '2026-01-01T01:00:00Z' });
  const secret = await rig.get('app/tagged');
  t.same(secret.metadata, { name: 'app/tagged', currentVersion: '1', stages: ['current'], tags: { team: 'shop' } });
  t.equal(secret.ttlMs, 3_600_000);
  const [row] = (await rig.provider.versions('app/tagged', { limit: 1 }, call)).items;
  t.equal(row?.state, 'enabled');
});

test('previous is the newest readable version below the current one', async (t) => {
  const rig = await startRig(t);
  for (const n of [2, 3, 4]) rig.vault.setSecret('app/db', `{"a":${n}}`);
  rig.vault.kv.delete('app/db', 3);
  rig.vault.kv.destroy('app/db', 2);
  const secret = await rig.get('app/db', undefined, 'previous');
  t.equal(secret.value.expose(), '{"a":1}');
  t.same(secret.stages, ['previous']);
  const { items } = await rig.provider.versions('app/db', { limit: 9 }, call);
  t.same(
    items.map(({ version, state, stages }) => [version, state, stages.join()]),
    [
      ['4', 'enabled', 'current'],
      ['3', 'deleted', ''],
      ['2', 'destroyed', ''],
      ['1', 'enabled', 'previous'],
    ],
  );
});

test('a deleted and a destroyed version say so', async (t) => {
  const rig = await startRig(t);
  rig.vault.setSecret('app/db', '{"a":2}');
  rig.vault.kv.destroy('app/db', 1);
  rig.vault.kv.delete('app/db', 2);
  const destroyed = await fails(t, rig.get('app/db', '1'), 'SecretNotFoundError/VersionNotFound');
  t.equal(destroyed.message, "version 1 of 'app/db' was destroyed");
  const deleted = await fails(t, rig.get('app/db'), 'SecretNotFoundError/VersionNotFound');
  t.equal(deleted.message, "version 2 of 'app/db' was deleted at 2020-01-02T03:04:05.678Z");
});

test('a missing version whose metadata may not be read is a missing version', async (t) => {
  const rig = await startRig(t);
  rig.vault.fault = ({ path }) =>
    path.startsWith('secret/metadata/') ? { status: 503, text: '{"errors":["Vault is sealed"]}' } : undefined;
  await fails(t, rig.get('app/db', '7'), 'SecretNotFoundError/VersionNotFound');
});

test('an engine that is being upgraded is a failure that passes', async (t) => {
  const rig = await startRig(t);
  const words = 'Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period';
  rig.vault.fault = () => refusal(400, words);
  await fails(t, rig.get('app/db'), 'ProviderError/ProviderUnavailable');
});

test('a mount that is too long', async (t) => {
  const rig = await startRig(t, { mount: 'secret/app' });
  await fails(t, rig.get('db'), 'ConfigurationError/InvalidPathPattern');
  await fails(t, rig.provider.list({ prefix: '', tags: {}, limit: 1 }, call), 'ConfigurationError/InvalidPathPattern');
});

test('the namespace goes with every call but health', async (t) => {
  const rig = await startRig(t, { namespace: '/team-a/' });
  await fails(t, rig.get('app/db'), 'ProviderError/ProviderUnavailable');
  await rig.provider.health(call).catch(() => undefined);
  const places = rig.vault.requests.map(({ path, namespace }) => `${path} ${namespace}`);
  t.same([...new Set(places)].toSorted(), ['auth/token/lookup-self team-a/', 'sys/health undefined']);
});

test('a list that may not be read is refused', async (t) => {
  const rig = await startRig(t);
  rig.vault.denied.add('');
  const work = rig.provider.list({ prefix: 'a', tags: {}, limit: 1 }, call);
  await until(() => rig.identityCalls.length === 2 && rig.clock.timers === 1);
  await rig.clock.advance(250);
  await fails(t, work, 'AccessError/AccessDenied');
});
