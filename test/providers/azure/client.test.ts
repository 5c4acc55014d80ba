import { inspect } from 'node:util';
import t, { test } from 'tap';
import { failure } from '../../fakes/fake-azure-vault.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { AzureClient } from '../../../src/providers/azure/client.ts';
import { createClientSecret } from '../../../src/credentials/azure/client-secret.ts';
import { TokenKeeper } from '../../../src/credentials/azure/token-keeper.ts';
import { createHttpClient, type HttpClient } from '../../../src/transport/http-client.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import { CLIENT, CLIENT_SECRET, TENANT } from '../../fakes/fake-azure.ts';
import { call, createRig, fails, makeServerCertificate } from './azure-rig.ts';

const files = await makeServerCertificate(t);

test('the first call finds out which token the vault wants', async (t) => {
  const { azure, ...rig } = await createRig(t, { files });
  azure.vault.secrets.set('a', '1');
  const get = (): Promise<unknown> =>
    rig.provider.get(rig.provider.locate('a', {}), { signal: new AbortController().signal });
  await get();
  await get();
  const { requests } = azure.vault.server;
  t.same(
    requests.map(({ headers }) => headers.authorization === undefined),
    [true, false, false],
  );
  t.same(
    requests.map(({ url }) => url.pathname),
    ['/secrets/a', '/secrets/a', '/secrets/a'],
  );
  t.equal(requests[0]?.url.searchParams.get('api-version'), '7.4');
  t.equal(azure.entra.logins, 1);
});

test('a token that the vault knows no longer is replaced once', async (t) => {
  const clock = new FakeClock();
  const rig = await createRig(t, { files, clock });
  rig.azure.vault.secrets.set('a', '1');
  await rig.text('a');
  await clock.advance(60_000);
  rig.azure.tokens.revokeAll();
  t.equal(await rig.text('a'), '1');
  t.equal(rig.azure.entra.logins, 2);
});

test('a vault that refuses each token does not make us log in each time', async (t) => {
  const rig = await createRig(t, { files });
  const { azure } = rig;
  azure.vault.secrets.set('a', '1');
  azure.vault.server.fault = ({ headers }) =>
    headers.authorization === undefined
      ? undefined
      : { ...failure(401, 'Unauthorized', 'AKV10032: Invalid issuer.'), headers: challengeOf(rig) };
  for (let n = 0; n < 5; n++) {
    const error = await fails(t, rig.get('a'), 'AuthenticationError/InvalidCredentials');
    t.match(error.message, /another tenant/);
  }
  t.equal(azure.entra.logins, 1);
  t.same(rig.log.messages('error').length, 1, 'told once');
});

const challengeOf = ({ azure }: Awaited<ReturnType<typeof createRig>>): Readonly<Record<string, string>> => ({
  'www-authenticate': `Bearer authorization="${azure.entra.origin}/${TENANT}", resource="https://vault.azure.net"`,
});

test('claims of the vault are answered once', async (t) => {
  const rig = await createRig(t, { files });
  const { azure } = rig;
  azure.vault.secrets.set('a', '1');
  await rig.text('a');
  azure.vault.claims = '1767225600';
  t.equal(await rig.text('a'), '1');
  t.equal(azure.entra.logins, 2);
  t.match(new URLSearchParams(azure.entra.server.requests.at(-1)?.body).get('claims'), /1767225600.*cp1/);
  const [again, ...others] = azure.vault.server.requests.slice(-2);
  t.ok(again && others.length === 1);
  azure.vault.server.fault = () => ({
    ...failure(401, 'Unauthorized', 'AKV10037'),
    headers: {
      'www-authenticate': `Bearer error="insufficient_claims", claims="${Buffer.from('{"x":1}').toString('base64')}"`,
    },
  });
  for (let n = 0; n < 3; n++) await fails(t, rig.get('a'), 'AuthenticationError/ExpiredCredentials');
  t.equal(azure.entra.logins, 3, 'the same claims do not help a second time');
});

test('a vault with claims from the first call on', async (t) => {
  const rig = await createRig(t, { files });
  rig.azure.vault.secrets.set('a', '1');
  rig.azure.vault.claims = '1767225600';
  t.equal(await rig.text('a'), '1');
  t.equal(rig.azure.entra.logins, 2);
});

test('no token for a service outside the domain of the vault', async (t) => {
  const rig = await createRig(t, { files, options: { verifyChallenge: true } });
  const error = await fails(t, rig.get('a'), 'ProviderError/ProviderUnavailable');
  t.match(error.message, /another domain/);
  t.equal(rig.azure.entra.logins, 0);
  t.equal(rig.azure.tokens.count, 0);
});

test('a token for the domain that the vault is in', async (t) => {
  const { azure } = await createRig(t, { files });
  azure.vault.secrets.set('a', '1');
  const clock = new FakeClock();
  const direct = createHttpClient({ tls: { ca: files.cert }, maxResponseBytes: 100_000 });
  t.teardown(() => direct.close());
  // A name of the public cloud that leads to the fake.
  const http: HttpClient = {
    ...direct,
    send: (request) =>
      direct.send({ ...request, url: new URL(request.url.pathname + request.url.search, azure.vault.url) }),
  };
  const log = new RecordingLog();
  const tools = { http: direct, metadataHttp: direct, clock, log, provider: 'azure', env: {} };
  const client = { tenantId: TENANT, clientId: CLIENT, authority: new URL(azure.entra.origin) };
  const credential = createClientSecret(tools, client, CLIENT_SECRET);
  const keeper = new TokenKeeper({ credential, clock, random: () => 0, record: () => undefined });
  t.teardown(() => keeper.close());
  for (const [host, status] of [
    ['shop.vault.azure.net', 200],
    ['vault.azure.net', 'refused'],
    ['shop-vault.azure.net', 'refused'],
    ['shop.vault.azure.net.example', 'refused'],
  ] as const) {
    const vault = new URL(`https://${host}`);
    const vaultClient = new AzureClient({ http, keeper, vault, verifyChallenge: true, clock, log, provider: 'azure' });
    const answer = vaultClient.get(vaultClient.toUrl('/secrets/a'), call.signal);
    t.equal(
      await answer.then(
        (one) => one.status,
        () => 'refused',
      ),
      status,
      host,
    );
  }
});

test('a 401 of something in between', async (t) => {
  const rig = await createRig(t, { files });
  for (const headers of [{}, { 'www-authenticate': 'Basic realm="proxy"' }]) {
    rig.azure.vault.server.fault = () => ({ status: 401, body: '<html>', headers });
    const error = await fails(t, rig.get('a'), 'ProviderError/ProviderUnavailable');
    t.match(error.message, /not of a Key Vault/);
  }
  t.equal(rig.azure.entra.logins, 0);
});

test('ids of requests are logged at debug, tokens and addresses nowhere', async (t) => {
  const rig = await createRig(t, { files });
  rig.azure.vault.secrets.set('a', 'value-canary');
  await rig.text('a');
  rig.azure.vault.denied.add('a');
  const error = await fails(t, rig.get('a'), 'AccessError/AccessDenied');
  const debug = rig.log.lines.filter(({ level }) => level === 'debug');
  t.match(debug.at(-1), {
    message: 'the vault answered',
    fields: { provider: 'azure', status: 403, upstreamRequestId: /^[0-9a-f-]{36}$/ },
  });
  t.notMatch(
    inspect([error, rig.log.lines, rig.provider], { depth: 9, showHidden: true }),
    /token\.client-secret|value-canary|secret-canary/,
  );
  t.notMatch(inspect([error, rig.log.lines], { depth: 9, showHidden: true }).replaceAll(/\n\s+at .*/g, ''), /https?:/);
  t.notMatch(error.message, CLIENT);
});

test('throttling tells how long to wait, in each of the spellings', async (t) => {
  const rig = await createRig(t, { files });
  for (const [headers, retryAfterMs] of [
    [{ 'retry-after': '7' }, 7_000],
    [{ 'x-ms-retry-after-ms': '250' }, 250],
  ] as const) {
    rig.azure.vault.server.fault = () => ({ ...failure(429, 'Throttled', 'slow down'), headers });
    t.equal((await fails(t, rig.get('a'), 'ProviderError/RateLimited')).details.retryAfterMs, retryAfterMs);
  }
});
