import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { test } from 'tap';
import type { AzureAuth } from '../../../src/credentials/azure/auth-settings.ts';
import { createCredential } from '../../../src/credentials/azure/create-credential.ts';
import { CLIENT, CLIENT_SECRET, TENANT } from '../../fakes/fake-azure.ts';
import { makeCertificate } from '../../fakes/make-certificate.ts';
import { federatedToken, makeRsaPem, trustCertificate, trustIssuer } from './applications.ts';
import { createBench, grantOf, RESOURCE, signal } from './azure-bench.ts';

const folder = t.testdir();
const files = await makeCertificate(folder, 'azure', 'DNS:localhost,IP:127.0.0.1');
const pem = await makeRsaPem(t);
const application = { tenantId: TENANT, clientId: CLIENT };
const tokenFile = join(folder, 'token');

const methods: readonly AzureAuth[] = [
  { method: 'client-secret', ...application, clientSecret: CLIENT_SECRET },
  { method: 'client-certificate', ...application, certificate: { file: pem }, algorithm: 'PS256', sendChain: false },
  { method: 'workload-identity', ...application, tokenFile },
];
for (const auth of methods)
  test(`the configured method: ${auth.method}`, async (t) => {
    const bench = await createBench(t, { files });
    writeFileSync(tokenFile, await federatedToken({ now: Math.floor(bench.clock.wallMs() / 1000) }));
    trustCertificate(bench.azure, pem);
    trustIssuer(bench.azure);
    const token = await createCredential(bench.tools, auth, bench.client.authority).requestToken(
      { resource: RESOURCE },
      signal,
    );
    t.equal(grantOf(bench, token).how, auth.method);
  });

test('the environment and the machine', async (t) => {
  const bench = await createBench(t, { files });
  const env = { AZURE_POD_IDENTITY_AUTHORITY_HOST: bench.azure.metadata.imdsHost };
  bench.azure.metadata.userIds.add(CLIENT);
  const tools = { ...bench.tools, env };
  for (const [auth, clientId] of [
    [{ method: 'chain' }, 'system'],
    [{ method: 'managed-identity', clientId: CLIENT }, CLIENT],
  ] as const) {
    const token = await createCredential(tools, auth, bench.client.authority).requestToken(
      { resource: RESOURCE },
      signal,
    );
    t.match(grantOf(bench, token), { how: 'imds', clientId });
  }
});
