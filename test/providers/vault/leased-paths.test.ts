import { inspect } from 'node:util';
import { test, type Test } from 'tap';
import { FakeVaultEngines } from '../../fakes/fake-vault-engines.ts';
import { approleAuth, call, fails, startRig, type VaultRig } from './vault-rig.ts';

async function startLending(t: Test, options: object = {}): Promise<VaultRig & { engines: FakeVaultEngines }> {
  const engines = new FakeVaultEngines();
  const rig = await startRig(t, { leased: ['database/**', 'secret/*'], ...options });
  rig.vault.fault = engines.fault;
  return Object.assign(rig, { engines });
}

test('each read is lent another value', async (t) => {
  const rig = await startLending(t);
  const [first, second] = [await rig.get('database/creds/app'), await rig.get('database/creds/app')];
  t.equal(first.value.expose(), '{"password":"made-1","username":"v-app-1"}');
  t.match(first.version, /^[0-9a-f]{32}$/);
  t.not(second.version, first.version);
  t.same(first.metadata, { name: 'database/creds/app', currentVersion: first.version, stages: ['current'] });
  t.equal(first.ttlMs, 3_600_000);
  t.equal(first.lease?.durationMs, 3_600_000);
  t.equal(first.lease?.isRenewable, true);
  t.notMatch(inspect(first, { depth: 9, showHidden: true }) + JSON.stringify(first), /lease-1|made-1/);
});

test('what is not lent is kept as long as it says, or not at all', async (t) => {
  const rig = await startLending(t);
  const [first, second] = [await rig.get('database/static-creds/app'), await rig.get('database/static-creds/app')];
  t.same([first.ttlMs, second.ttlMs], [600_000, 599_000]);
  t.equal(first.version, second.version, 'the time left is no part of the version');
  t.equal(first.lease, undefined);
  t.equal((await rig.get('database/plain')).ttlMs, 0);
});

test('what cannot be read', async (t) => {
  const rig = await startLending(t);
  await fails(t, rig.get('database/creds/none'), 'SecretNotFoundError/SecretDoesNotExist');
  await fails(t, rig.get('database/nothing'), 'ConfigurationError/InvalidPathPattern');
  const kv = await fails(t, rig.get('secret/x'), 'ConfigurationError/InvalidPathPattern');
  t.match(kv.message, /version 2: see 'leased'/);
  await fails(t, rig.get('database/creds/app', undefined, 'previous'), 'SecretNotFoundError/StageNotFound');
  t.throws(() => rig.provider.locate('database/creds/app', { version: '1' }), { code: 'InvalidParameter' });
  t.throws(() => rig.provider.locate('database/creds/app.', {}), { code: 'InvalidPath' });
});

test('a lease is no longer than the life of the token', async (t) => {
  const rig = await startLending(t, { auth: approleAuth });
  t.equal((await rig.get('database/creds/app')).lease?.durationMs, 3_600_000);
  // The next token is a short one, and comes with the read that finds the first dead.
  rig.vault.loginToken = { ttl: 600, renewable: false };
  rig.vault.tokens.clear();
  rig.vault.fault = () => undefined;
  t.equal(await rig.text('app/db'), '{"a":1}');
  rig.vault.fault = rig.engines.fault;
  const { lease, ttlMs } = await rig.get('database/creds/app');
  t.same([lease?.durationMs, ttlMs], [600_000, 600_000]);
});

test('asking for names and metadata lends nothing', async (t) => {
  const rig = await startLending(t);
  const query = { tags: {}, limit: 1 };
  for (const prefix of ['database/', 'database/creds/', 'database/creds/a'])
    await fails(t, rig.provider.list({ prefix, ...query }, call), 'ConfigurationError/InvalidProvider');
  await fails(t, rig.provider.describe('database/creds/app', call), 'ConfigurationError/InvalidProvider');
  await fails(t, rig.provider.versions('database/creds/app', { limit: 1 }, call), 'ConfigurationError/InvalidProvider');
  t.equal(rig.engines.leases.size, 0);
  t.same(await rig.provider.list({ prefix: 'app/', ...query }, call), { items: [{ name: 'app/db' }] }, 'others are');
});
