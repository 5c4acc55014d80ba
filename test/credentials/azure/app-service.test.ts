import { inspect } from 'node:util';
import t, { test } from 'tap';
import { Redacted } from '../../../src/core/redacted.ts';
import { createAppService } from '../../../src/credentials/azure/app-service.ts';
import { makeCertificate } from '../../fakes/make-certificate.ts';
import { createBench, fails, grantOf, RESOURCE, signal } from './azure-bench.ts';

const files = await makeCertificate(t.testdir(), 'azure', 'DNS:localhost,IP:127.0.0.1');

test('the token service of an app', async (t) => {
  const bench = await createBench(t, { files });
  const { metadata } = bench.azure;
  const endpoint = new URL(metadata.appServiceEndpoint);
  const header = new Redacted(metadata.header);
  const token = await createAppService(bench.tools, { endpoint, header, id: {} }).requestToken(
    { resource: RESOURCE },
    signal,
  );
  t.match(grantOf(bench, token), { how: 'app-service', clientId: 'system' });
  t.equal(token.source, 'the managed identity of this app');
  t.equal(token.expiresAtMs, bench.clock.monotonicMs() + 3_599_000, 'told as a time, not as a span');

  metadata.userIds.add('/subscriptions/x');
  const assigned = createAppService(bench.tools, { endpoint, header, id: { resourceId: '/subscriptions/x' } });
  t.equal(grantOf(bench, await assigned.requestToken({ resource: RESOURCE }, signal)).clientId, '/subscriptions/x');
  t.ok(metadata.server.requests.at(-1)?.url.searchParams.has('mi_res_id'), 'spelled in the way of this service');
});

test('a wrong header', async (t) => {
  const bench = await createBench(t, { files });
  const endpoint = new URL(bench.azure.metadata.appServiceEndpoint);
  const credential = createAppService(bench.tools, { endpoint, header: new Redacted('header-canary'), id: {} });
  t.equal((await credential.proof()).expose(), 'header-canary');
  const error = await fails(
    t,
    credential.requestToken({ resource: RESOURCE }, signal),
    'AuthenticationError/InvalidCredentials',
  );
  t.notMatch(inspect([error, credential, bench.log.lines], { depth: 9, showHidden: true }), /canary/);
});
