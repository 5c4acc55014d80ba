import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { test } from 'tap';
import { createWorkloadIdentity } from '../../../src/credentials/azure/workload-identity.ts';
import { makeCertificate } from '../../fakes/make-certificate.ts';
import { federatedToken, trustIssuer } from './applications.ts';
import { createBench, fails, grantOf, RESOURCE, signal } from './azure-bench.ts';

const folder = t.testdir();
const files = await makeCertificate(folder, 'azure', 'DNS:localhost,IP:127.0.0.1');
const tokenFile = join(folder, 'token');

test('the token in the file is read anew, without the white space around it', async (t) => {
  const bench = await createBench(t, { files });
  trustIssuer(bench.azure);
  const now = Math.floor(bench.clock.wallMs() / 1000);
  const credential = createWorkloadIdentity(bench.tools, bench.client, tokenFile);
  writeFileSync(tokenFile, await federatedToken({ now: now - 10_000 }));
  const error = await fails(
    t,
    credential.requestToken({ resource: RESOURCE }, signal),
    'AuthenticationError/InvalidCredentials',
  );
  t.match(error.message, /clock.*AADSTS700024/);
  writeFileSync(tokenFile, ` ${await federatedToken({ now })}\n`);
  const token = await credential.requestToken({ resource: RESOURCE }, signal);
  t.equal(grantOf(bench, token).how, 'workload-identity');
  t.equal(token.source, 'workload identity federation');
});

for (const [name, token, number] of [
  ['subject', { subject: 'system:serviceaccount:other:web' }, /AADSTS700213/],
  ['audience', { audience: 'https://kubernetes.default.svc' }, /AADSTS700212/],
] as const)
  test(`a token of another ${name}`, async (t) => {
    const bench = await createBench(t, { files });
    trustIssuer(bench.azure);
    writeFileSync(tokenFile, await federatedToken({ ...token, now: Math.floor(bench.clock.wallMs() / 1000) }));
    const credential = createWorkloadIdentity(bench.tools, bench.client, tokenFile);
    const error = await fails(
      t,
      credential.requestToken({ resource: RESOURCE }, signal),
      'AuthenticationError/InvalidCredentials',
    );
    t.match(error.message, number);
    t.match(error.message, /no federated credential/);
  });

test('a token file that is missing or empty', async (t) => {
  const bench = await createBench(t, { files });
  const missing = createWorkloadIdentity(bench.tools, bench.client, join(folder, 'nothing'));
  await fails(t, missing.proof(), 'AuthenticationError/InvalidCredentials');
  writeFileSync(tokenFile, '\n');
  await fails(
    t,
    createWorkloadIdentity(bench.tools, bench.client, tokenFile).proof(),
    'AuthenticationError/InvalidCredentials',
  );
  t.equal(bench.azure.entra.logins, 0);
});
