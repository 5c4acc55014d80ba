import t, { test } from 'tap';
import { call, createRig, fails, makeServerCertificate } from './azure-rig.ts';

const files = await makeServerCertificate(t);
const query = { prefix: '', tags: {}, limit: 1_000 };

test('pages are followed as the vault names them', async (t) => {
  const rig = await createRig(t, { files });
  const { vault } = rig.azure;
  vault.hasEmptyPages = true;
  for (let n = 0; n < 60; n++) vault.secrets.set(`s${n}`, 'x');
  t.equal((await rig.provider.list(query, call)).items.length, 60);
  const tokens = vault.server.requests.map(({ url }) => url.searchParams.get('$skiptoken'));
  t.same(tokens, [null, null, '0.1', '25.0', '25.1', '50.0', '50.1']);
});

const links: Readonly<Record<string, (origin: string) => string>> = {
  'another host': () => 'https://elsewhere.example/secrets?api-version=7.4',
  'another port': (origin) => `${origin.replace(/:\d+$/, ':1')}/secrets?api-version=7.4`,
  'no encryption': (origin) => `${origin.replace('https', 'http')}/secrets?api-version=7.4`,
  'no address': () => '/secrets?api-version=7.4',
};
for (const [name, toLink] of Object.entries(links))
  test(`a next page at ${name} is not asked for`, async (t) => {
    const rig = await createRig(t, { files });
    const { vault } = rig.azure;
    await rig.provider.list(query, call);
    vault.server.fault = () => ({ status: 200, body: { value: [], nextLink: toLink(vault.url) } });
    const before = vault.server.requests.length;
    const error = await fails(t, rig.provider.list(query, call), 'ProviderError/ProviderUnavailable');
    t.match(error.message, /another host/);
    t.equal(vault.server.requests.length, before + 1);
  });

test('an answer that is no list', async (t) => {
  const rig = await createRig(t, { files });
  await rig.provider.list(query, call);
  for (const body of [{}, { value: 'x' }, '<html>']) {
    rig.azure.vault.server.fault = () => ({ status: 200, body });
    await fails(t, rig.provider.list(query, call), 'ProviderError/ProviderUnavailable');
  }
});

test('rows that are no secrets are left out', async (t) => {
  const rig = await createRig(t, { files });
  await rig.provider.list(query, call);
  const id = `${rig.azure.vault.url}/secrets/a`;
  rig.azure.vault.server.fault = () => ({ status: 200, body: { value: [null, {}, { id: 'x' }, { id }] } });
  t.same((await rig.provider.list(query, call)).items, [{ name: 'a', tags: {} }]);
});
