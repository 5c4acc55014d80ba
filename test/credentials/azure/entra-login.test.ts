import t, { test } from 'tap';
import { createEntraLogin } from '../../../src/credentials/azure/entra-login.ts';
import { CLIENT_SECRET, OTHER_TENANT, TENANT } from '../../fakes/fake-azure.ts';
import { makeCertificate } from '../../fakes/make-certificate.ts';
import { createBench, fails, grantOf, RESOURCE, signal } from './azure-bench.ts';

const files = await makeCertificate(t.testdir(), 'azure', 'DNS:localhost,IP:127.0.0.1');
const prove = async (): Promise<Readonly<Record<string, string>>> => ({ client_secret: CLIENT_SECRET });
const source = 'a test';

test('claims go along with what we are capable of', async (t) => {
  const bench = await createBench(t, { files });
  const login = createEntraLogin(bench.tools, { ...bench.client, source });
  const plain = await login(prove, { resource: RESOURCE }, signal);
  t.same(JSON.parse(grantOf(bench, plain).claims), { access_token: { xms_cc: { values: ['cp1'] } } });
  const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}},"id_token":{}}';
  const asked = await login(prove, { resource: RESOURCE, claims }, signal);
  t.same(JSON.parse(grantOf(bench, asked).claims), {
    access_token: { nbf: { essential: true, value: '1' }, xms_cc: { values: ['cp1'] } },
    id_token: {},
  });
  const broken = await login(prove, { resource: RESOURCE, claims: 'no JSON' }, signal);
  t.match(grantOf(bench, broken).claims, /cp1/);
});

test('a tenant that is not the one of the vault', async (t) => {
  const bench = await createBench(t, { files });
  const login = createEntraLogin(bench.tools, { ...bench.client, source });
  const error = await fails(
    t,
    login(prove, { resource: RESOURCE, tenantId: OTHER_TENANT }, signal),
    'AuthenticationError/InvalidCredentials',
  );
  t.match(error.message, `belongs to the tenant '${OTHER_TENANT}', the credentials to '${TENANT}'`);
  t.equal(bench.azure.entra.logins, 0, 'Entra is not asked');
  const byDomain = createEntraLogin(bench.tools, { ...bench.client, tenantId: 'shop.onmicrosoft.com', source });
  t.ok(await byDomain(prove, { resource: RESOURCE, tenantId: TENANT }, signal), 'a domain may be the same tenant');
});

test('the id of the request is logged for the support, and nothing else', async (t) => {
  const bench = await createBench(t, { files });
  const login = createEntraLogin(bench.tools, { ...bench.client, source });
  await fails(
    t,
    login(async () => ({ client_secret: 'wrong' }), { resource: RESOURCE }, signal),
    'AuthenticationError/InvalidCredentials',
  );
  t.match(bench.log.lines, [
    { level: 'debug', fields: { provider: 'azure', status: 401, upstreamRequestId: /^[0-9a-f-]{36}$/ } },
  ]);
});

test('Entra that cannot be reached', async (t) => {
  const bench = await createBench(t, { files });
  await bench.azure.entra.server.close();
  const login = createEntraLogin(bench.tools, { ...bench.client, source });
  const error = await fails(t, login(prove, { resource: RESOURCE }, signal), 'NetworkError/ConnectionFailed');
  t.match(error.message, /^the login at Entra failed: .*ECONNREFUSED/);
});

test('an answer without a token', async (t) => {
  const bench = await createBench(t, { files });
  const login = createEntraLogin(bench.tools, { ...bench.client, source });
  for (const body of [{ token_type: 'Bearer', expires_in: 10 }, { access_token: 'a', expires_in: 0 }, '<html>']) {
    bench.azure.entra.server.fault = () => ({ status: 200, body });
    const error = await fails(t, login(prove, { resource: RESOURCE }, signal), 'ProviderError/ProviderUnavailable');
    t.match(error.message, /not of Entra/);
  }
  bench.azure.entra.server.fault = () => ({ status: 302, body: '', headers: { location: 'https://localhost:1/' } });
  await fails(t, login(prove, { resource: RESOURCE }, signal), 'ProviderError/ProviderUnavailable');
});
