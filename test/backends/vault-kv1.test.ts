import { providerContract } from '../contract/provider-contract.ts';
import { kv1Unsupported } from '../providers/vault/kv1-unsupported.ts';
import { openBaoTest } from './backend-test.ts';
import { kvReady } from './kv-ready.ts';
import { startOpenBao } from './openbao.ts';
import { createHarness } from './vault-contract-harness.ts';
import { startProvider } from './vault-provider.ts';

await openBaoTest('the contract at a real OpenBao, with KV version 1', async (t) => {
  const bao = await startOpenBao();
  t.teardown(() => bao.stop());
  await providerContract(t, {
    name: 'vault with KV version 1',
    unsupported: kv1Unsupported,
    create: () => createHarness(bao, { method: 'token', version: 1 }),
  });
});

await openBaoTest('an engine that is upgraded to version 2 is read on', async (t) => {
  const bao = await startOpenBao();
  t.teardown(() => bao.stop());
  await bao.call('sys/mounts/old', { type: 'kv', options: { version: '1' } });
  await bao.call('old/app', '{"a":9007199254740993,"ttl":"90s"}');
  const rig = await startProvider(t, bao, { mount: 'old' });
  const before = await rig.get('app');
  t.equal(before.value.expose(), '{"a":9007199254740993,"ttl":"90s"}');
  t.equal(before.ttlMs, 90_000);
  await bao.call('sys/mounts/old/tune', { options: { version: '2' } });
  await kvReady(bao, 'old');
  await t.rejects(rig.get('app'), { category: 'ConfigurationError', message: /of version 2, not 1/ });
  const after = await rig.get('app');
  t.equal(after.version, '1');
  t.match(after.value.expose(), /"ttl":"90s"/);
});

await openBaoTest('a mount that is not what it is taken for', async (t) => {
  const bao = await startOpenBao();
  t.teardown(() => bao.stop());
  await bao.call('sys/mounts/old', { type: 'kv', options: { version: '1' } });
  await bao.call('secret/data/app/db', { data: { a: 1 } });
  const long = await startProvider(t, bao, { mount: 'secret/app' });
  await t.rejects(long.get('db'), { message: "the KV engine is mounted at 'secret', not at 'secret/app'" });
  const other = await startProvider(t, bao, { mount: 'sys' });
  await t.rejects(other.get('db'), { code: 'InvalidProvider', message: /no KV engine/ });
  const forced = await startProvider(t, bao, { kvVersion: 1 });
  await t.rejects(forced.get('app/db'), { message: "the mount 'secret' is a KV engine of version 2, not 1" });
  const api = await startProvider(t, bao, {});
  await t.rejects(api.get('secret/data/app/db'), {
    code: 'InvalidPathPattern',
    message: /begins below the mount 'secret' and is 'app\/db'/,
  });
  await t.rejects(api.get('secret/app/db'), { code: 'SecretDoesNotExist', message: /'app\/db' may be meant/ });
});

await openBaoTest('a token without rights below the mount is refused, whatever the version', async (t) => {
  const bao = await startOpenBao();
  t.teardown(() => bao.stop());
  await bao.call('sys/mounts/old', { type: 'kv', options: { version: '1' } });
  for (const mount of ['secret', 'old', 'nothing']) {
    const policy = 'path "other/*" { capabilities = ["read"] }';
    const { get } = await startProvider(t, bao, { mount, policy });
    await t.rejects(get('app'), { code: 'AccessDenied' }, mount);
  }
});
