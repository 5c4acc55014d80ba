import { test, type Test } from 'tap';
import { current } from '../../../src/core/selector.ts';
import type { Scope, SecretStore } from '../../../src/core/provider.ts';
import { FakeVaultEngines } from '../../fakes/fake-vault-engines.ts';
import { call, fails, startRig, type VaultRig } from './vault-rig.ts';

interface Scoped {
  readonly rig: VaultRig;
  readonly within: (scope: Scope) => SecretStore;
}

async function startScoped(t: Test): Promise<Scoped> {
  const engines = new FakeVaultEngines();
  engines.old.set('app', '{"a":1}');
  const rig = await startRig(t, { leased: ['database/**'] });
  // The fake itself knows no namespace; reads may go to any.
  rig.vault.fault = (request) =>
    engines.fault(request) ?? (request.path.startsWith('auth/') ? undefined : { status: 404, text: '{"errors":[]}' });
  const { provider } = rig;
  return { rig, within: (scope) => provider.within?.(scope) ?? provider };
}

const read = (store: SecretStore, path: string) => store.get(store.locate(path, current), call);

test('a scope has its own namespace and mount, and the token of the instance', async (t) => {
  const { rig, within } = await startScoped(t);
  const seen = (): unknown =>
    rig.vault.requests.splice(0).map(({ path, namespace, token }) => [path, namespace, token]);
  seen();
  await read(within({ namespace: '/team/', mount: '/old/' }), 'app');
  t.same(seen(), [
    ['sys/internal/ui/mounts/old', 'team/', 'given-token'],
    ['old/app', 'team/', 'given-token'],
  ]);
  await read(within({ mount: 'old' }), 'app');
  t.same(seen(), [
    ['sys/internal/ui/mounts/old', undefined, 'given-token'],
    ['old/app', undefined, 'given-token'],
  ]);
  await fails(t, read(within({ namespace: 'team' }), 'app'), 'SecretNotFoundError/SecretDoesNotExist');
  t.same(seen(), [['secret/data/app', 'team/', 'given-token']], 'the configured version is that of the mount');
  await read(within({ namespace: 'team' }), 'database/creds/app');
  t.same(seen(), [['database/creds/app', 'team/', 'given-token']]);
});

test('equal scopes are one store, so that a version is found out once', async (t) => {
  const { within } = await startScoped(t);
  t.equal(within({ namespace: 'team', mount: 'old' }), within({ namespace: 'team/', mount: 'old' }));
  t.not(within({ namespace: 'team', mount: 'old' }), within({ namespace: 'tea', mount: 'm/old' }));
  t.not(within({ namespace: 'team' }), within({ mount: 'team' }));
});

test('equal values in two namespaces have different versions', async (t) => {
  const { within } = await startScoped(t);
  const [a, b] = await Promise.all(['a', 'b'].map((namespace) => read(within({ namespace, mount: 'old' }), 'app')));
  t.not(a?.version, b?.version);
});

test('a mount that climbs is refused', async (t) => {
  const { within } = await startScoped(t);
  for (const mount of ['../sys', 'a/../b', '', '/'])
    t.throws(() => within({ mount }), { code: 'InvalidProvider' }, mount);
});

test('scopes that say the same place in other words are one', async (t) => {
  const { provider } = (await startScoped(t)).rig;
  const isSame = (a: Scope, b: Scope): boolean | undefined => provider.isSamePlace?.(a, b);
  t.ok(isSame({}, { mount: 'secret' }));
  t.ok(isSame({ mount: 'kv', namespace: 'team' }, { mount: '/kv/', namespace: 'team/' }));
  t.notOk(isSame({}, { mount: 'kv' }));
  t.notOk(isSame({}, { namespace: 'team' }));
});
