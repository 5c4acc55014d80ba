import { Agent, request } from 'undici';
import { readFileSync } from 'node:fs';
import t, { test } from 'tap';
import { CLIENT, CLIENT_SECRET, type FakeAzure, startFakeAzure, TENANT } from '../../fakes/fake-azure.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { makeServerCertificate } from './azure-rig.ts';
import type { Test } from 'tap';

// A fake that is more lenient than the cloud is a defect.
const files = await makeServerCertificate(t);
const dispatcher = new Agent({ connect: { ca: readFileSync(files.cert, 'utf8') } });
t.teardown(() => dispatcher.close());

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
interface Received {
  readonly status: number;
  readonly text: string;
  readonly challenge: unknown;
}

async function send(url: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Received> {
  const answer = await request(url, { method, headers, dispatcher, ...(body !== undefined && { body }) });
  return { status: answer.statusCode, text: await answer.body.text(), challenge: answer.headers['www-authenticate'] };
}

async function start(t: Test, clock = new FakeClock()): Promise<FakeAzure> {
  const azure = await startFakeAzure(clock, files);
  t.teardown(() => azure.close());
  azure.vault.secrets.set('a', '1');
  return azure;
}

function bearer({ tokens }: FakeAzure, more: { readonly resource?: string; readonly tenantId?: string } = {}): Sent {
  const grant = { resource: 'https://vault.azure.net', tenantId: TENANT, how: 'x', clientId: 'c', claims: '', ...more };
  return { headers: { authorization: `Bearer ${tokens.issue(grant)}` } };
}

test('the vault refuses what Key Vault refuses', async (t) => {
  const clock = new FakeClock();
  const azure = await start(t, clock);
  const good = bearer(azure);
  const at = (path: string): string => azure.vault.url + path;
  t.match(await send(at('/secrets/a?api-version=7.4'), good), { status: 200, text: /"value":"1"/ });
  t.match(await send(at('/secrets/a/?api-version=7.4'), good), { status: 200 }, 'as the official client spells it');
  const refused: readonly (readonly [path: string, sent: Sent, expected: Partial<Record<keyof Received, unknown>>])[] =
    [
      [
        '/secrets/a?api-version=7.4',
        {},
        {
          status: 401,
          text: /AKV10000/,
          challenge: /^Bearer authorization=".*", resource="https:\/\/vault.azure.net"$/,
        },
      ],
      ['/secrets/a?api-version=7.4', { headers: { authorization: 'Basic x' } }, { status: 401, text: /AKV10000/ }],
      ['/secrets/a?api-version=7.4', { headers: { authorization: 'Bearer x' } }, { status: 401 }],
      [
        '/secrets/a?api-version=7.4',
        bearer(azure, { resource: 'https://management.azure.com' }),
        { status: 401, text: /AKV10022/ },
      ],
      ['/secrets/a?api-version=7.4', bearer(azure, { tenantId: 'other' }), { status: 401, text: /AKV10032/ }],
      ['/secrets/a', good, { status: 400, text: /api-version/ }],
      ['/secrets/a?api-version=1.0', good, { status: 400, text: /not recognized/ }],
      ['/secrets/a_b?api-version=7.4', good, { status: 400, text: /BadParameter/ }],
      [`/secrets/${'a'.repeat(128)}?api-version=7.4`, good, { status: 400 }],
      ['/secrets/a/latest?api-version=7.4', good, { status: 400 }],
      ['/secrets/a/b/c?api-version=7.4', good, { status: 404 }],
      ['/keys/a?api-version=7.4', good, { status: 404 }],
      ['/secrets?api-version=7.4&maxresults=26', good, { status: 400, text: /maxresults/ }],
      ['/secrets?api-version=7.4&maxresults=0', good, { status: 400 }],
      ['/secrets/a/versions?api-version=7.4&maxresults=x', good, { status: 400 }],
      ['/secrets/a?api-version=7.4', { ...good, method: 'POST', body: '{}' }, { status: 405 }],
    ];
  for (const [path, sent, expected] of refused) t.match(await send(at(path), sent), expected, path);
  await clock.advance(3_600_000);
  t.match(await send(at('/secrets/a?api-version=7.4'), good), { status: 401, text: /expired/ });
});

test('the vault takes no secret that Key Vault would not take', async (t) => {
  const { secrets } = (await start(t)).vault;
  t.throws(() => secrets.set('a_b', '1'));
  t.throws(() => secrets.set('b', 'x'.repeat(25 * 1024 + 1)));
  t.throws(() =>
    secrets.set('b', '1', { tags: Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`t${n}`, ''])) }),
  );
  secrets.delete('a');
  t.throws(() => secrets.set('a', '1'), 'the name of a deleted secret');
});

test('Entra refuses what Entra refuses', async (t) => {
  const azure = await start(t);
  const url = `${azure.entra.origin}/${TENANT}/oauth2/v2.0/token`;
  const form = {
    client_id: CLIENT,
    client_secret: CLIENT_SECRET,
    scope: 'https://vault.azure.net/.default',
    grant_type: 'client_credentials',
  };
  const post = (fields: object, to = url, type = 'application/x-www-form-urlencoded'): Promise<Received> =>
    send(to, {
      method: 'POST',
      headers: { 'content-type': type },
      body: new URLSearchParams({ ...fields }).toString(),
    });
  t.match(await post(form), { status: 200, text: /"token_type":"Bearer"/ });
  const { client_secret: _, ...noSecret } = form;
  const refused: readonly (readonly [fields: object, expected: RegExp])[] = [
    [{ ...form, grant_type: 'password' }, /AADSTS70003:/],
    [{ ...form, scope: 'https://vault.azure.net' }, /AADSTS1002012:/],
    [{ ...form, scope: 'https://vault.azure.net//.default' }, /AADSTS500011:/],
    [{ ...form, client_id: 'x' }, /AADSTS700016:/],
    [{ ...form, client_secret: 'x' }, /AADSTS7000215:/],
    [noSecret, /AADSTS7000218:/],
    [{ ...form, client_assertion: 'x' }, /AADSTS70002:/],
    [{ ...noSecret, client_assertion: 'x.y.z' }, /AADSTS7000218:/],
    [{ ...form, claims: 'x' }, /claims/],
  ];
  for (const [fields, expected] of refused) {
    const { status, text } = await post(fields);
    t.ok(status === 400 || status === 401);
    t.match(text, expected);
  }
  t.match(await post(form, url.replace(TENANT, 'nowhere')), { status: 400, text: /AADSTS90002:/ });
  t.match(await post(form, url, 'application/json'), { status: 400, text: /AADSTS900144:/ });
  t.match(await post(form, url.replace('/v2.0', '')), { status: 404 });
  t.match(await send(url), { status: 405 });
});

test('the metadata services refuse what they refuse in Azure', async (t) => {
  const azure = await start(t);
  const { metadata } = azure;
  const query = 'api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net';
  const imds = `${metadata.imdsHost}/metadata/identity/oauth2/token`;
  const headers = { metadata: 'true' };
  t.match(await send(`${imds}?${query}`, { headers }), { status: 200, text: /"expires_in":"3599"/ });
  t.match(await send(`${imds}?${query}`), { status: 400, text: /metadata header/ });
  t.match(await send(`${imds}?${query}`, { headers: { ...headers, 'x-forwarded-for': '10.0.0.1' } }), { status: 400 });
  t.match(await send(`${imds}?${query}`, { headers, method: 'POST' }), { status: 400 });
  t.match(await send(`${imds}?resource=https%3A%2F%2Fvault.azure.net`, { headers }), { status: 400 });
  t.match(await send(`${imds}?api-version=2018-02-01`, { headers }), { status: 400 });
  t.match(await send(`${imds}?${query}%2F.default`, { headers }), { status: 400 });
  t.match(await send(`${imds}?${query}&client_id=x`, { headers }), { status: 400, text: /not found/ });
  t.match(await send(`${imds}?${query}&mi_res_id=x`, { headers }), { status: 400 }, 'the spelling of App Service');

  const app = `${metadata.appServiceEndpoint}?${query.replace('2018-02-01', '2019-08-01')}`;
  const header = { 'x-identity-header': metadata.header };
  const answer = await send(app, { headers: header });
  t.equal(answer.status, 200);
  t.notMatch(answer.text, 'expires_in');
  t.match(await send(app), { status: 401 });
  t.match(await send(`${metadata.appServiceEndpoint}?${query}`, { headers: header }), { status: 400 });

  const arc = `${metadata.arcEndpoint}?${query.replace('2018-02-01', '2020-06-01')}`;
  t.match(await send(arc, { headers }), { status: 401, challenge: /^Basic realm=.*\.key$/ });
  t.match(await send(arc, { headers: { ...headers, authorization: 'Basic x' } }), { status: 401 });
  t.match(await send(arc), { status: 400 });
});
