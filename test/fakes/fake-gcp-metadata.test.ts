import { test } from 'tap';
import { FakeGcpAuthority } from './fake-gcp-authority.ts';
import { FakeGcpMetadata } from './fake-gcp-metadata.ts';

test('it refuses what the metadata server refuses', async (t) => {
  const server = await new FakeGcpMetadata(new FakeGcpAuthority(), 'a@b.example').start();
  t.teardown(() => server.close());
  const ask = async (path: string, headers: Readonly<Record<string, string>>, method = 'GET'): Promise<number> => {
    const response = await fetch(`${server.origin}/computeMetadata/v1/${path}`, { method, headers });
    t.equal(response.headers.get('metadata-flavor'), 'Google', 'it shows its flavour');
    return response.status;
  };
  const token = 'instance/service-accounts/default/token';
  const flavor = { 'Metadata-Flavor': 'Google' };
  t.equal(await ask(token, flavor), 200);
  t.equal(await ask(token, {}), 403);
  t.equal(await ask(token, { 'Metadata-Flavor': 'google' }), 403);
  t.equal(await ask(token, { ...flavor, 'X-Forwarded-For': '10.0.0.1' }), 403);
  t.equal(await ask(token, flavor, 'POST'), 405);
  t.equal(await ask(`${token}?scopes=nonsense`, flavor), 400);
  t.equal(await ask('instance/service-accounts/other/token', flavor), 404);
});
