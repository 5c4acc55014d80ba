import { generateKeyPairSync } from 'node:crypto';
import { importPKCS8, SignJWT } from 'jose';
import { test, type Test } from 'tap';
import { FakeGcpAuthority } from './fake-gcp-authority.ts';
import { FakeGcpSecretManager } from './fake-gcp-secret-manager.ts';

const EMAIL = 'keyfob@shop.iam.gserviceaccount.com';
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const now = Math.floor(Date.now() / 1000);

interface AskOptions {
  readonly token?: string;
  readonly method?: string;
  readonly body?: string;
}

type Claims = Readonly<Record<string, unknown>>;

interface Bench {
  readonly authority: FakeGcpAuthority;
  readonly manager: FakeGcpSecretManager;
  /** Status and code, such as `400 INVALID_ARGUMENT`; `200`. */
  readonly ask: (path: string, options?: AskOptions) => Promise<string>;
  readonly sign: (claims: Claims, header?: Claims) => Promise<string>;
}

async function bench(t: Test): Promise<Bench> {
  const authority = new FakeGcpAuthority();
  authority.addAccount(EMAIL);
  const manager = new FakeGcpSecretManager(authority);
  const server = await manager.start();
  t.teardown(() => server.close());
  manager.store.add('db', 'one', 'two');
  return {
    authority,
    manager,
    async ask(path, { token = authority.issue(EMAIL), method = 'GET', body } = {}) {
      const headers = token === '' ? {} : { Authorization: `Bearer ${token}` };
      const response = await fetch(`${server.origin}${path}`, { method, headers, ...(body !== undefined && { body }) });
      const text = await response.text();
      const status = /"status":"([A-Z_]+)"/.exec(text)?.[1];
      return status === undefined ? String(response.status) : `${response.status} ${status}`;
    },
    async sign(claims, header = {}) {
      const pem = authority.keyFile(EMAIL)['private_key'];
      const whole = { iss: EMAIL, sub: EMAIL, scope: SCOPE, iat: now, exp: now + 3600, ...claims };
      return new SignJWT(whole)
        .setProtectedHeader({ alg: 'RS256', ...header })
        .sign(await importPKCS8(String(pem), 'RS256'));
    },
  };
}

const LATEST = '/v1/projects/shop/secrets/db/versions/latest:access';

test('addresses', async (t) => {
  const { ask } = await bench(t);
  t.equal(await ask(LATEST), '200');
  t.equal(await ask('/v1/projects/482913337105/secrets/db'), '200');
  for (const path of [
    '/',
    '/v2/projects/shop/secrets',
    '/v1/secrets/db',
    '/v1/projects/shop/secrets/db/versions/1:read',
    '/v1/projects/shop/secrets/',
  ])
    t.equal(await ask(path), '404', path);
  t.equal(await ask(LATEST, { method: 'POST', body: '{}' }), '404');
  t.equal(await ask('/v1/projects/shop/secrets/db', { method: 'DELETE' }), '404');
  t.equal(await ask('/v1/projects/shop/secrets/a.b'), '400 INVALID_ARGUMENT');
  t.equal(await ask('/v1/projects/shop/locations/us-east1/secrets/db'), '400 INVALID_ARGUMENT');
  t.equal(await ask('/v1/projects/other/secrets/db'), '403 PERMISSION_DENIED');
});

test('parameters', async (t) => {
  const { ask } = await bench(t);
  const list = '/v1/projects/shop/secrets';
  t.equal(await ask(`${list}?pageSize=1&filter=name:d&$alt=json;enum-encoding=int`), '200');
  for (const query of [
    'page_size=1',
    'page_token=x',
    'limit=1',
    'pageSize=1&pageSize=2',
    'pageSize=-1',
    'pageSize=x',
    'pageToken=x',
    'filter=db',
    'filter=name%3D~d.*',
    'filter=name:d OR name:e',
  ])
    t.equal(await ask(`${list}?${query}`), '400 INVALID_ARGUMENT', query);
  t.equal(await ask(`${LATEST}?pageSize=1`), '400 INVALID_ARGUMENT');
  t.equal(await ask('/v1/projects/shop/secrets/db/versions?filter=state%3AON'), '400 INVALID_ARGUMENT');
});

test('tokens', async (t) => {
  const { ask, sign, authority } = await bench(t);
  const refused = async (token: string, name: string) =>
    t.equal(await ask(LATEST, { token }), '401 UNAUTHENTICATED', name);
  await refused('', 'none');
  await refused('nonsense', 'nonsense');
  await refused(authority.issue(EMAIL, -1), 'one that has expired');
  await refused(await sign({ iat: now - 7200, exp: now - 3600 }), 'a JWT that has expired');
  await refused(await sign({ exp: now + 3601 }), 'a JWT for more than an hour');
  await refused(await sign({ iat: now + 600, exp: now + 4200 }), 'a JWT of the future');
  await refused(await sign({ scope: undefined, aud: 'https://storage.googleapis.com/' }), 'a JWT for another service');
  await refused(await sign({ scope: undefined, aud: 'https://oauth2.googleapis.com/token' }), 'an assertion');
  await refused(await sign({ aud: 'https://secretmanager.googleapis.com/' }), 'a JWT with scope and audience');
  await refused(await sign({ scope: undefined }), 'a JWT with neither');
  await refused(await sign({ sub: 'another' }), 'a JWT for somebody else');
  await refused(await sign({ iss: 'a@b.example', sub: 'a@b.example' }), 'a JWT of nobody');
  await refused(await sign({}, { kid: 'another' }), 'a JWT by another key');
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const forged = await new SignJWT({ iss: EMAIL, sub: EMAIL, scope: SCOPE, iat: now, exp: now + 60 })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(other);
  await refused(forged, 'a forged JWT');
  const narrow = await sign({ scope: 'https://www.googleapis.com/auth/devstorage.read_only' });
  t.equal(await ask(LATEST, { token: narrow }), '403 PERMISSION_DENIED', 'a JWT without the scope');
  t.equal(await ask(LATEST, { token: await sign({}) }), '200', 'a JWT without the id of its key');
  t.equal(
    await ask(LATEST, { token: await sign({ scope: undefined, aud: 'https://secretmanager.googleapis.com/' }) }),
    '200',
  );
});

test('versions', async (t) => {
  const { ask, manager } = await bench(t);
  manager.store.setState('db', 2, 'DISABLED');
  t.equal(await ask(LATEST), '400 FAILED_PRECONDITION', 'latest is the newest, not the newest enabled');
  t.equal(await ask('/v1/projects/shop/secrets/db/versions/latest'), '200');
  t.equal(await ask('/v1/projects/shop/secrets/db/versions/3:access'), '404 NOT_FOUND');
  t.equal(await ask('/v1/projects/shop/secrets/db/versions/prod:access'), '404 NOT_FOUND');
  t.throws(() => manager.store.add('big', 'x'.repeat(64 * 1024 + 1)));
  t.throws(() => manager.store.add('empty', ''));
  t.throws(() => manager.store.add('a.b', 'x'));
  manager.store.setState('db', 2, 'DESTROYED');
  t.throws(() => manager.store.setState('db', 2, 'ENABLED'), 'there is no way back');
});

test('a page token is good for its own list', async (t) => {
  const { manager, authority } = await bench(t);
  const server = await manager.start();
  t.teardown(() => server.close());
  manager.store.add('other', 'x');
  const ask = async (query: string): Promise<Response> =>
    fetch(`${server.origin}/v1/projects/shop/secrets?${query}`, {
      headers: { Authorization: `Bearer ${authority.issue(EMAIL)}` },
    });
  const { nextPageToken } = (await (await ask('pageSize=1')).json()) as { nextPageToken: string };
  const token = encodeURIComponent(nextPageToken);
  t.equal((await ask(`pageSize=1&pageToken=${token}`)).status, 200);
  t.equal((await ask(`pageSize=1&filter=name:db&pageToken=${token}`)).status, 400);
});

test('rotation', async (t) => {
  const { ask } = await bench(t);
  const path = '/v1/projects/shop/secrets/db:rotateSecret';
  t.equal(await ask(path, { method: 'POST', body: '{}' }), '400 FAILED_PRECONDITION');
  t.equal(await ask(path, { method: 'POST', body: '{"x":1}' }), '400 INVALID_ARGUMENT');
});
