import { test, type Test } from 'tap';
import { startFakeVault, type FakeVault, type Fault } from '../../fakes/fake-vault.ts';
import { approleAuth, fails, startRig, TOKEN, type VaultRig } from './vault-rig.ts';

/** A standby that sends each call to `locationOf` it, and the active node. */
async function startPair(
  t: Test,
  {
    status = 307,
    locationOf,
  }: { readonly status?: number; readonly locationOf: (active: FakeVault, call: string) => string },
): Promise<{ readonly standby: VaultRig; readonly active: FakeVault }> {
  const active = await startFakeVault({ secrets: { 'app/db': '{"from":"active"}' }, token: TOKEN });
  t.teardown(() => active.close());
  const standby = await startRig(t);
  const redirect: Fault = ({ path, query }) => {
    const call = `/v1/${path}${query.size > 0 ? `?${query.toString()}` : ''}`;
    return { status, text: '', headers: { location: locationOf(active, call) } };
  };
  standby.vault.fault = (request) => (request.path.startsWith('secret/') ? redirect(request) : undefined);
  return { standby, active };
}

for (const status of [301, 302, 307, 308])
  test(`a standby's redirect ${status} is followed, with method and token`, async (t) => {
    const { standby, active } = await startPair(t, { status, locationOf: ({ address }, call) => address + call });
    t.equal(await standby.text('app/db'), '{"from":"active"}');
    t.equal((await standby.get('app/db', '1')).version, '1', 'the query goes along');
    t.match(active.requests.at(-1), { method: 'GET', token: TOKEN });
    t.equal(active.requests.at(-1)?.query.get('version'), '1');
  });

test('a login is redirected with its body', async (t) => {
  const active = await startFakeVault();
  t.teardown(() => active.close());
  const rig = await startRig(t, { auth: approleAuth });
  rig.vault.tokens.clear();
  rig.vault.fault = ({ path }) =>
    path === 'auth/approle/login'
      ? { status: 307, text: '', headers: { location: `${active.address}/v1/${path}` } }
      : undefined;
  rig.vault.tokens.set('login-token-1', { ttl: 3600, renewable: true });
  await rig.provider.health({ signal: new AbortController().signal });
  rig.vault.tokens.clear();
  await fails(t, rig.get('app/db'), 'AuthenticationError/ExpiredCredentials');
  t.match(active.requests, [{ method: 'POST', path: 'auth/approle/login', body: /the-secret-id/ }]);
});

const unusable: Readonly<Record<string, (active: FakeVault, call: string) => string>> = {
  'a user in it': ({ address }, call) => address.replace('//', '//user:pass@') + call,
  'another path, such as that of a login page': ({ address }) => `${address}/login`,
  'another secret': ({ address }, call) => `${address}${call}/other`,
  'another scheme': (_, call) => `ftp://127.0.0.1${call}`,
  'no place at all': () => 'http://[',
  'http to another machine': (_, call) => `http://keyfob.invalid${call}`,
  'nothing in it': () => '',
};

for (const [name, locationOf] of Object.entries(unusable))
  test(`a redirect is not followed: ${name}`, async (t) => {
    const { standby, active } = await startPair(t, { locationOf });
    const error = await fails(t, standby.get('app/db'), 'ProviderError/ProviderUnavailable');
    t.match(error.message, /redirects to where the token must not go/);
    t.equal(active.requests.length, 0);
  });

test('only one redirect is followed', async (t) => {
  const { standby, active } = await startPair(t, { locationOf: ({ address }, call) => address + call });
  active.fault = ({ path }) => ({
    status: 307,
    text: '',
    headers: { location: `${standby.vault.address}/v1/${path}` },
  });
  await fails(t, standby.get('app/db'), 'ProviderError/ProviderUnavailable');
  t.equal(active.requests.length, 1);
  t.equal(standby.vault.count('secret/'), 1);
});
