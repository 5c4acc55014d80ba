import t, { test } from 'tap';
import { createImds } from '../../../src/credentials/azure/imds.ts';
import { CredentialUnavailableError } from '../../../src/credentials/azure/azure-credential.ts';
import { failure } from '../../fakes/fake-azure-vault.ts';
import { makeCertificate } from '../../fakes/make-certificate.ts';
import type { AzureTools } from '../../../src/credentials/azure/azure-tools.ts';
import type { HttpRequest } from '../../../src/transport/http-client.ts';
import { type AzureBench, createBench, fails, grantOf, RESOURCE, signal } from './azure-bench.ts';

const files = await makeCertificate(t.testdir(), 'azure', 'DNS:localhost,IP:127.0.0.1');

/** The tools with a metadata service at the host that the environment names. */
const atHost = ({ azure, tools }: AzureBench): AzureTools => ({
  ...tools,
  env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.metadata.imdsHost },
});

/** The tools with the fake in the place of the fixed address. */
function atFixedAddress({ azure, tools }: AzureBench, seen: HttpRequest[]): AzureTools {
  return {
    ...tools,
    metadataHttp: {
      ...tools.metadataHttp,
      send: (request) => {
        seen.push(request);
        return tools.metadataHttp.send({
          ...request,
          url: new URL(request.url.pathname + request.url.search, azure.metadata.imdsHost),
        });
      },
    },
  };
}

test('the identity of a machine, or one of those assigned to it', async (t) => {
  const bench = await createBench(t, { files });
  const { metadata } = bench.azure;
  for (const name of ['client', 'object', '/subscriptions/x']) metadata.userIds.add(name);
  const cases = [
    [{}, 'system', undefined],
    [{ clientId: 'client' }, 'client', 'client_id'],
    [{ objectId: 'object' }, 'object', 'object_id'],
    [{ resourceId: '/subscriptions/x' }, '/subscriptions/x', 'msi_res_id'],
  ] as const;
  for (const [id, expected, parameter] of cases) {
    const token = await createImds(atHost(bench), { id, isProbed: false }).requestToken({ resource: RESOURCE }, signal);
    t.match(grantOf(bench, token), { how: 'imds', clientId: expected, resource: RESOURCE });
    const { url, headers } = metadata.server.requests.at(-1) ?? {};
    t.equal(headers?.['metadata'], 'true');
    t.same(
      [...(url?.searchParams.keys() ?? [])],
      ['api-version', 'resource', ...(parameter === undefined ? [] : [parameter])],
    );
  }
});

test('an identity that is not assigned', async (t) => {
  const bench = await createBench(t, { files });
  const credential = createImds(atHost(bench), { id: { clientId: 'nobody' }, isProbed: false });
  const error = await fails(
    t,
    credential.requestToken({ resource: RESOURCE }, signal),
    'AuthenticationError/InvalidCredentials',
  );
  t.match(error.message, /no such managed identity/);
});

for (const status of [404, 410, 500, 503])
  test(`a service that has nothing now: ${status}`, async (t) => {
    const bench = await createBench(t, { files });
    bench.azure.metadata.server.fault = () => failure(status, 'later', 'later');
    const credential = createImds(atHost(bench), { id: {}, isProbed: false });
    await fails(t, credential.requestToken({ resource: RESOURCE }, signal), 'ProviderError/ProviderUnavailable');
  });

test('a service that throttles', async (t) => {
  const bench = await createBench(t, { files });
  bench.azure.metadata.server.fault = () => ({ ...failure(429, 'later', 'later'), headers: { 'retry-after': '3' } });
  const credential = createImds(atHost(bench), { id: {}, isProbed: false });
  const error = await fails(t, credential.requestToken({ resource: RESOURCE }, signal), 'ProviderError/RateLimited');
  t.equal(error.details.retryAfterMs, 3_000);
});

test('a redirect is not followed', async (t) => {
  const bench = await createBench(t, { files });
  const { server } = bench.azure.metadata;
  server.fault = ({ url }) =>
    url.pathname === '/elsewhere'
      ? undefined
      : { status: 302, body: '', headers: { location: `${server.origin}/elsewhere` } };
  const credential = createImds(atHost(bench), { id: {}, isProbed: false });
  await fails(t, credential.requestToken({ resource: RESOURCE }, signal), 'ProviderError/ProviderUnavailable');
  t.equal(server.requests.length, 1);
});

test('in a chain it is looked first whether the service is there', async (t) => {
  const bench = await createBench(t, { files });
  const seen: HttpRequest[] = [];
  const credential = createImds(atFixedAddress(bench, seen), { id: {}, isProbed: true });
  t.equal(grantOf(bench, await credential.requestToken({ resource: RESOURCE }, signal)).how, 'imds');
  t.same(
    seen.map(({ url, headers }) => [url.host, url.search === '', headers]),
    [
      ['169.254.169.254', true, {}],
      ['169.254.169.254', false, { Metadata: 'true' }],
    ],
  );
});

test('no service, as a probe finds it', async (t) => {
  const bench = await createBench(t, { files });
  const { server } = bench.azure.metadata;
  const credential = createImds(atFixedAddress(bench, []), { id: {}, isProbed: true });
  const unavailable = async (): Promise<void> => {
    const error = await fails(
      t,
      credential.requestToken({ resource: RESOURCE }, signal),
      'AuthenticationError/InvalidCredentials',
    );
    t.ok(error instanceof CredentialUnavailableError);
  };
  server.fault = () => ({ status: 403, body: 'A socket operation was attempted to an unreachable network' });
  await unavailable();
  server.fault = () => 'reset';
  await unavailable();
  server.fault = () => 'hang';
  const pending = unavailable();
  while (server.requests.length < 3) await bench.clock.advance(0);
  await bench.clock.advance(1_000);
  await pending;
});

test('a probe ends with the call that it is for', async (t) => {
  const bench = await createBench(t, { files });
  const credential = createImds(atFixedAddress(bench, []), { id: {}, isProbed: true });
  await fails(t, credential.requestToken({ resource: RESOURCE }, AbortSignal.abort()), 'NetworkError/Timeout');
});

test('a host that is none', async (t) => {
  const bench = await createBench(t, { files });
  const tools = { ...bench.tools, env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'nothing' } };
  const work = createImds(tools, { id: {}, isProbed: false }).requestToken({ resource: RESOURCE }, signal);
  const error = await fails(t, work, 'AuthenticationError/InvalidCredentials');
  t.match(error.message, /'AZURE_POD_IDENTITY_AUTHORITY_HOST' must be a URL/);
});
