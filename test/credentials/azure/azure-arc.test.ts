import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test, test } from 'tap';
import { createAzureArc } from '../../../src/credentials/azure/azure-arc.ts';
import type { AzureCredential } from '../../../src/credentials/azure/azure-credential.ts';
import type { ManagedIdentityId } from '../../../src/credentials/azure/managed-identity-id.ts';
import { makeCertificate } from '../../fakes/make-certificate.ts';
import { type AzureBench, createBench, fails, grantOf, RESOURCE, signal } from './azure-bench.ts';

const root = t.testdir();
const files = await makeCertificate(root, 'azure', 'DNS:localhost,IP:127.0.0.1');
let folders = 0;

async function createArc(
  t: Test,
  id: ManagedIdentityId = {},
): Promise<{ readonly bench: AzureBench; readonly credential: AzureCredential; readonly folder: string }> {
  const bench = await createBench(t, { files });
  const folder = join(root, `tokens-${++folders}`);
  mkdirSync(folder);
  bench.azure.metadata.arcFolder = folder;
  const endpoint = new URL(bench.azure.metadata.arcEndpoint);
  return { bench, folder, credential: createAzureArc(bench.tools, { endpoint, id, folder }) };
}

test('the file of the challenge opens the door', async (t) => {
  const { bench, folder, credential } = await createArc(t);
  const token = await credential.requestToken({ resource: RESOURCE }, signal);
  t.match(grantOf(bench, token), { how: 'arc', clientId: 'system' });
  t.equal(bench.azure.metadata.server.requests.length, 2);
  t.ok(await credential.requestToken({ resource: RESOURCE }, signal), 'each time a new one');
  t.equal(readdirSync(folder).length, 2);
  t.equal((await credential.proof()).expose(), (await credential.proof()).expose(), 'nothing that could have changed');
});

const wrongFiles: Readonly<Record<string, (folder: string) => string>> = {
  'in another folder': () => '/etc/shadow.key',
  'that is no key file': (folder) => join(folder, 'secret.txt'),
  'that climbs out': (folder) => `${folder}/../outside.key`,
  'in a folder below': (folder) => `${folder}/sub/a.key`,
  'in a folder whose name begins alike': (folder) => `${folder}x/a.key`,
  'in its folder, written in another way': (folder) => `${folder}//a.key`,
  'without a folder': () => 'a.key',
};
for (const [name, toFile] of Object.entries(wrongFiles))
  test(`a challenge that names a file ${name}`, async (t) => {
    const { bench, folder, credential } = await createArc(t);
    bench.azure.metadata.arcFile = toFile(folder);
    writeFileSync(join(root, 'outside.key'), 'key-canary');
    const error = await fails(
      t,
      credential.requestToken({ resource: RESOURCE }, signal),
      'AuthenticationError/InvalidCredentials',
    );
    t.match(error.message, /no key file in/);
    t.equal(bench.azure.metadata.server.requests.length, 1, 'nothing is sent');
  });

test('a key file that is too large, or not there', async (t) => {
  const { bench, folder, credential } = await createArc(t);
  const file = (bench.azure.metadata.arcFile = join(folder, 'large.key'));
  const missing = await fails(
    t,
    credential.requestToken({ resource: RESOURCE }, signal),
    'AuthenticationError/InvalidCredentials',
  );
  t.match(missing.message, /cannot be read: is this user in the group 'himds'/);
  writeFileSync(file, 'x'.repeat(4_097));
  const large = await fails(
    t,
    credential.requestToken({ resource: RESOURCE }, signal),
    'AuthenticationError/InvalidCredentials',
  );
  t.match(large.message, /too large/);
  t.equal(bench.azure.metadata.server.requests.length, 2, 'neither is sent');
  writeFileSync(file, 'x'.repeat(4_096));
  await fails(t, credential.requestToken({ resource: RESOURCE }, signal), 'AuthenticationError/InvalidCredentials');
  t.equal(bench.azure.metadata.server.requests.length, 4, 'of 4 KB it may be');
});

test('a challenge without a file', async (t) => {
  const { bench, credential } = await createArc(t);
  for (const header of ['Basic', 'Bearer realm=/x.key', '']) {
    bench.azure.metadata.server.fault = () => ({ status: 401, body: {}, headers: { 'www-authenticate': header } });
    const error = await fails(
      t,
      credential.requestToken({ resource: RESOURCE }, signal),
      'AuthenticationError/InvalidCredentials',
    );
    t.match(error.message, /does not name a key file/);
  }
});

test('an agent that gives another identity than the one asked for', async (t) => {
  const { bench, credential } = await createArc(t, { clientId: 'Client' });
  const { metadata } = bench.azure;
  metadata.userIds.add('Client');
  t.equal(grantOf(bench, await credential.requestToken({ resource: RESOURCE }, signal)).clientId, 'Client');
  metadata.isArcOld = true;
  const error = await fails(
    t,
    credential.requestToken({ resource: RESOURCE }, signal),
    'AuthenticationError/InvalidCredentials',
  );
  t.match(error.message, /another identity/);
});
