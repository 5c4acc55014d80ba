import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { test } from 'tap';
import { CredentialUnavailableError } from '../../../src/credentials/azure/azure-credential.ts';
import type { Environment } from '../../../src/core/environment.ts';
import { createManagedIdentity } from '../../../src/credentials/azure/managed-identity.ts';
import type { HttpRequest } from '../../../src/transport/http-client.ts';
import { makeCertificate } from '../../fakes/make-certificate.ts';
import { type AzureBench, createBench, fails, grantOf, RESOURCE, signal } from './azure-bench.ts';

const root = t.testdir();
const files = await makeCertificate(root, 'azure', 'DNS:localhost,IP:127.0.0.1');
const keys = join(root, 'tokens');
mkdirSync(keys);
const nowhere = { program: join(root, 'himds'), keys };

async function ask(bench: AzureBench, env: Environment, arc = nowhere): Promise<string> {
  bench.azure.metadata.arcFolder = keys;
  const credential = createManagedIdentity({ ...bench.tools, env }, { id: {}, isProbed: false, arc });
  return grantOf(bench, await credential.requestToken({ resource: RESOURCE }, signal)).how;
}

test('the environment tells which service there is', async (t) => {
  const bench = await createBench(t, { files });
  const { metadata } = bench.azure;
  const app = { IDENTITY_ENDPOINT: metadata.appServiceEndpoint, IDENTITY_HEADER: metadata.header };
  const arc = { IDENTITY_ENDPOINT: metadata.arcEndpoint, IMDS_ENDPOINT: metadata.imdsHost };
  const machine = { AZURE_POD_IDENTITY_AUTHORITY_HOST: metadata.imdsHost };
  t.equal(await ask(bench, machine), 'imds');
  t.equal(await ask(bench, { ...machine, ...app }), 'app-service');
  t.equal(await ask(bench, { ...machine, ...arc }), 'arc');
  t.equal(await ask(bench, { ...machine, IDENTITY_ENDPOINT: metadata.arcEndpoint }), 'imds', 'half of it is nothing');
});

test('the agent of Azure Arc is found by its program', async (t) => {
  const bench = await createBench(t, { files });
  const program = join(root, 'agent');
  writeFileSync(program, '');
  const seen: HttpRequest[] = [];
  const { metadataHttp } = bench.tools;
  const { arcEndpoint } = bench.azure.metadata;
  const send: typeof metadataHttp.send = (request) => {
    seen.push(request);
    return metadataHttp.send({ ...request, url: new URL(arcEndpoint + request.url.search) });
  };
  t.equal(
    await ask({ ...bench, tools: { ...bench.tools, metadataHttp: { ...metadataHttp, send } } }, {}, { program, keys }),
    'arc',
  );
  t.equal(seen[0]?.url.origin, 'http://127.0.0.1:40342');
});

for (const [name, env, message] of [
  [
    'Service Fabric',
    { IDENTITY_ENDPOINT: 'https://localhost', IDENTITY_HEADER: 'x', IDENTITY_SERVER_THUMBPRINT: 'x' },
    /Service Fabric is not supported/,
  ],
  ['a cloud shell', { MSI_ENDPOINT: 'http://localhost' }, /Cloud Shell.* is not supported/],
  ['an endpoint that is none', { IDENTITY_ENDPOINT: 'file:///etc/passwd', IDENTITY_HEADER: 'x' }, /must be a URL/],
] as const)
  test(`what is not served: ${name}`, async (t) => {
    const bench = await createBench(t, { files });
    const error = await fails(t, ask(bench, env), 'AuthenticationError/InvalidCredentials');
    t.ok(error instanceof CredentialUnavailableError);
    t.match(error.message, message);
  });
