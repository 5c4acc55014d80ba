import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import t, { test } from 'tap';
import { createClientSecret } from '../../../src/credentials/azure/client-secret.ts';
import { CLIENT, CLIENT_SECRET, TENANT } from '../../fakes/fake-azure.ts';
import { makeCertificate } from '../../fakes/make-certificate.ts';
import { createBench, fails, grantOf, RESOURCE, signal } from './azure-bench.ts';

const folder = t.testdir();
const files = await makeCertificate(folder, 'azure', 'DNS:localhost,IP:127.0.0.1');

test('a client secret gives a token', async (t) => {
  const bench = await createBench(t, { files });
  const token = await createClientSecret(bench.tools, bench.client, CLIENT_SECRET).requestToken(
    { resource: RESOURCE },
    signal,
  );
  t.match(grantOf(bench, token), { resource: RESOURCE, tenantId: TENANT, clientId: CLIENT, how: 'client-secret' });
  t.equal(token.source, 'a client secret');
  t.equal(token.expiresAtMs, bench.clock.monotonicMs() + 3_599_000);
});

test('a secret in a file is read anew for each login', async (t) => {
  const bench = await createBench(t, { files });
  const file = join(folder, 'secret');
  writeFileSync(file, 'wrong');
  const credential = createClientSecret(bench.tools, bench.client, { file });
  const before = await credential.proof();
  const error = await fails(
    t,
    credential.requestToken({ resource: RESOURCE }, signal),
    'AuthenticationError/InvalidCredentials',
  );
  t.match(error.message, /AADSTS7000215/);
  writeFileSync(file, `${CLIENT_SECRET}\n`);
  t.not((await credential.proof()).expose(), before.expose(), 'the proof shows that it has changed');
  t.ok(await credential.requestToken({ resource: RESOURCE }, signal));
});

test('nothing of a secret is printed', async (t) => {
  const bench = await createBench(t, { files });
  bench.azure.entra.application(CLIENT).secrets.clear();
  const credential = createClientSecret(bench.tools, bench.client, CLIENT_SECRET);
  const error = await fails(
    t,
    credential.requestToken({ resource: RESOURCE }, signal),
    'AuthenticationError/InvalidCredentials',
  );
  t.notMatch(inspect([error, bench.log.lines], { depth: 9, showHidden: true }), /canary|localhost|Trace ID/);
});
