import t, { type Test, test } from 'tap';
import { createDefaultChain } from '../../../src/credentials/azure/default-chain.ts';
import type { Environment } from '../../../src/core/environment.ts';
import { CLIENT, CLIENT_SECRET, TENANT } from '../../fakes/fake-azure.ts';
import { makeCertificate } from '../../fakes/make-certificate.ts';
import { type AzureBench, createBench, fails, RESOURCE, signal } from './azure-bench.ts';

// Which one is picked is in `chain-differential.test.ts`; here, what is said when none is.
const files = await makeCertificate(t.testdir(), 'azure', 'DNS:localhost,IP:127.0.0.1');

async function failing(t: Test, env: Environment): Promise<readonly [string, AzureBench]> {
  const bench = await createBench(t, { files });
  const chain = createDefaultChain({ ...bench.tools, env }, { authority: bench.client.authority });
  const error = await fails(
    t,
    chain.requestToken({ resource: RESOURCE }, signal),
    'AuthenticationError/InvalidCredentials',
  );
  return [error.message, bench];
}

test('each reason is told when nothing is set up', async (t) => {
  const [message] = await failing(t, { MSI_ENDPOINT: 'http://localhost' });
  t.match(message, /^no credential for Azure is set up here: /);
  for (const part of [/'AZURE_TENANT_ID', 'AZURE_CLIENT_ID' and secret/, /'AZURE_FEDERATED_TOKEN_FILE'/, /Cloud Shell/])
    t.match(message, part);
});

test('a user is not logged in, and nobody else instead', async (t) => {
  const env = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT, AZURE_USERNAME: 'u', AZURE_PASSWORD: 'p' };
  const [message, bench] = await failing(t, env);
  t.match(message, /the login of users is not supported/);
  t.equal(bench.azure.entra.logins, 0);
});

test('a name that no daemon can use', async (t) => {
  const secret = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT, AZURE_CLIENT_SECRET: CLIENT_SECRET };
  for (const name of ['dev', 'AzureCliCredential', 'nothing']) {
    const [message] = await failing(t, { ...secret, AZURE_TOKEN_CREDENTIALS: name });
    t.match(message, /'AZURE_TOKEN_CREDENTIALS' names no credential/);
  }
});

test('the proof changes with the credentials', async (t) => {
  const bench = await createBench(t, { files });
  const proofOf = async (env: Environment): Promise<string> =>
    (await createDefaultChain({ ...bench.tools, env }, { authority: bench.client.authority }).proof()).expose();
  const client = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT };
  const one = await proofOf({ ...client, AZURE_CLIENT_SECRET: 'one' });
  t.equal(one, await proofOf({ ...client, AZURE_CLIENT_SECRET: 'one' }));
  t.not(one, await proofOf({ ...client, AZURE_CLIENT_SECRET: 'two' }));
  t.ok(await proofOf({}), 'nothing is a proof as well');
});
