import { providerContract } from '../contract/provider-contract.ts';
import { kv1Unsupported } from '../providers/vault/kv1-unsupported.ts';
import { kvUnsupported } from '../providers/vault/kv-unsupported.ts';
import { openBaoTest } from './backend-test.ts';
import { kvReady } from './kv-ready.ts';
import { startOpenBao, type OpenBao } from './openbao.ts';
import { createHarness } from './vault-contract-harness.ts';
import { read, startProvider } from './vault-provider.ts';

for (const version of [2, 1] as const)
  await openBaoTest(`the contract in a namespace, with KV version ${version}`, async (t) => {
    const bao = await startOpenBao();
    t.teardown(() => bao.stop());
    await bao.call('sys/namespaces/org', {});
    await bao.call('org/sys/namespaces/team', {});
    await providerContract(t, {
      name: `vault in a namespace, with KV version ${version}`,
      unsupported: {
        ...(version === 1 ? kv1Unsupported : kvUnsupported),
        ...(version === 2 && {
          'a JSON object keeps every type as it is written': { reason: 'OpenBao itself keeps numbers as doubles' },
        }),
      },
      create: () => createHarness(bao, { method: 'token', version, namespace: 'org/team' }),
    });
  });

/** The mount `kv` in a namespace, with one secret that tells where it is. */
async function addEngine(bao: OpenBao, namespace: string, version: 1 | 2): Promise<void> {
  await bao.call(`sys/namespaces/${namespace}`, {});
  await bao.call(`${namespace}/sys/mounts/kv`, { type: 'kv', options: { version: String(version) } });
  const value = { in: namespace };
  if (version === 2) await kvReady(bao, `${namespace}/kv`);
  await bao.call(`${namespace}/kv/${version === 2 ? 'data/' : ''}app`, version === 2 ? { data: value } : value);
}

await openBaoTest('one identity reads in several namespaces and mounts, each of its own version', async (t) => {
  const bao = await startOpenBao();
  t.teardown(() => bao.stop());
  await addEngine(bao, 'team-a', 2);
  await addEngine(bao, 'team-b', 1);
  await bao.call('secret/data/app', { data: { in: 'root' } });
  const { provider, get, identityCalls } = await startProvider(t, bao, {});
  const within = (namespace: string) => provider.within?.({ namespace, mount: 'kv' }) ?? provider;
  t.equal((await get('app')).value.expose(), '{"in":"root"}');
  const [a, b] = [await read(within('team-a'), 'app'), await read(within('/team-b/'), 'app')];
  t.equal(a.value.expose(), '{"in":"team-a"}');
  t.equal(b.value.expose(), '{"in":"team-b"}');
  t.equal(a.version, '1');
  t.match(b.version, /^[0-9a-f]{32}$/);
  const before = identityCalls.length;
  await Promise.all(
    [1, 2, 3].flatMap(() => [read(within('team-a'), 'app'), read(within('team-b'), 'app'), get('app')]),
  );
  t.equal(identityCalls.length, before, 'each mount is looked at once');
  t.equal(before, 4, 'three mounts and one token');
  await t.rejects(read(within('team-c'), 'app'), { code: 'ProviderUnavailable', message: /'namespace'/ });
});

await openBaoTest('the instance logs in to its own namespace, and a mapping reads in another', async (t) => {
  const bao = await startOpenBao();
  t.teardown(() => bao.stop());
  await bao.call('sys/namespaces/org', {});
  await bao.call('org/sys/namespaces/team', {});
  await bao.call('org/team/sys/mounts/kv', { type: 'kv', options: { version: '1' } });
  await bao.call('org/team/kv/app', { a: 1 });
  await bao.call('org/sys/auth/approle', { type: 'approle' });
  const policy = 'path "team/kv/*" { capabilities = ["read", "list"] }';
  await bao.call('org/sys/policies/acl/team', { policy });
  await bao.call('org/auth/approle/role/app', { token_policies: ['team'] });
  const { data: role } = await bao.call('org/auth/approle/role/app/role-id');
  const { data: secret } = await bao.call('org/auth/approle/role/app/secret-id', {});
  const auth = { method: 'approle', roleId: role.role_id, secretId: secret.secret_id };
  const { provider } = await startProvider(t, bao, { namespace: 'org', auth });
  const team = provider.within?.({ namespace: 'org/team', mount: 'kv' }) ?? provider;
  t.equal((await read(team, 'app')).value.expose(), '{"a":1}');
  const page = await team.list({ prefix: '', tags: {}, limit: 10 }, { signal: new AbortController().signal });
  t.same(page, { items: [{ name: 'app' }] });
});
