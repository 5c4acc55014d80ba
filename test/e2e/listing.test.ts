import t, { test } from 'tap';
import { startDaemon } from './daemon.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { shopSecrets } from './shop-secrets.ts';

const daemon = await startDaemon(t, {
  config: localConfig(await secretsFile(t, shopSecrets), {
    access: { callers: [{ name: 'anonymous', operations: ['get', 'list', 'describe', 'resolve', 'invalidate'] }] },
  }),
});
const http = daemon.http();

interface Listed {
  readonly secrets: readonly { readonly path: string }[];
  readonly nextCursor?: string;
}

/** The client has checked that it is one. */
async function list(query: string): Promise<Listed> {
  const { status, json } = await http.get(`/v1/secrets?${query}`);
  if (status !== 200) throw new Error(JSON.stringify(json));
  return json as Listed;
}

const paths = async (query: string): Promise<readonly string[]> => (await list(query)).secrets.map(({ path }) => path);

test('a prefix is plain text', async (t) => {
  t.strictSame(await paths('prefix=db'), ['db/creds', 'db/replica', 'dbadmin/creds']);
  t.strictSame(await paths('prefix=db/'), ['db/creds', 'db/replica']);
  t.strictSame(await paths('prefix=db%2F'), ['db/creds', 'db/replica']);
  t.strictSame(await paths('prefix=zzz'), []);
  t.equal((await paths('prefix=')).length, 8);
  t.equal((await paths('')).length, 8);
});

test('tags must all match and are split at the first =', async (t) => {
  t.strictSame(await paths('tag=team=shop'), ['db/creds']);
  t.strictSame(await paths('tag=team=shop&tag=tier=a=b'), ['db/creds']);
  t.strictSame(await paths('tag=team=shop&tag=tier=b'), []);
  t.match((await http.get('/v1/secrets?tag=team')).json, { status: 400, code: 'InvalidParameter' });
});

test('a list comes in pages, without values', async (t) => {
  const first = await list('limit=3');
  const second = await list(`limit=5&cursor=${first.nextCursor}`);
  const all = [...first.secrets, ...second.secrets].map(({ path }) => path);
  t.strictSame([first.secrets.length, second.nextCursor], [3, undefined]);
  t.strictSame(all, await paths(''));
  t.notMatch(JSON.stringify([first, second]), /second|plain text|percent"/);
});

test('a cursor belongs to its question', async (t) => {
  const { nextCursor = '' } = await list('limit=1');
  for (const query of [`cursor=${nextCursor}&prefix=db`, `cursor=${nextCursor}x`, 'cursor=aaaa', 'cursor=%00'])
    t.match((await http.get(`/v1/secrets?${query}`)).json, { status: 400, code: 'InvalidParameter' }, query);
  for (const limit of ['0', '1001', 'x', '1.5', ''])
    t.match((await http.get(`/v1/secrets?limit=${limit}`)).json, { status: 400, code: 'InvalidParameter' }, limit);
});

test('metadata tells everything but the value', async (t) => {
  const { json } = await http.get('/v1/metadata/db/creds');
  t.strictSame(json, {
    path: 'db/creds',
    provider: 'files',
    name: 'db/creds',
    description: 'the database',
    currentVersion: '2',
    stages: ['current'],
    tags: { team: 'shop', tier: 'a=b' },
  });
  t.match((await http.get('/v1/metadata/nothing')).json, { status: 404, code: 'SecretDoesNotExist' });
  t.match((await http.get('/v1/metadata/db/creds?key=a')).json, { status: 400, code: 'UnknownParameter' });
});

test('the history, newest first, in pages', async (t) => {
  const { json } = await http.get('/v1/versions/db/creds');
  t.strictSame(json, {
    versions: [
      { version: '2', stages: ['current'], createdAt: '2026-02-01T00:00:00.000Z', state: 'enabled' },
      { version: '1', stages: ['previous'], createdAt: '2026-01-01T00:00:00.000Z', state: 'enabled' },
    ],
  });
  const page = await http.get('/v1/versions/db/creds?limit=1');
  t.match(page.json, { versions: [{ version: '2' }], nextCursor: String });
  const { nextCursor } = Object(page.json);
  t.match((await http.get(`/v1/versions/db/creds?cursor=${nextCursor}`)).json, { versions: [{ version: '1' }] });
  t.match((await http.get(`/v1/versions/db/replica?cursor=${nextCursor}`)).json, { code: 'InvalidParameter' });
  t.match((await http.get('/v1/versions/nothing')).json, { status: 404, code: 'SecretDoesNotExist' });
});

test('what was invalidated is asked for again', async (t) => {
  const cacheStatus = async (path: string): Promise<string> =>
    String((await http.get(`/v1/secrets/${path}`)).headers['cache-status']);
  const forget = async (target: string): Promise<number> =>
    (await http.send({ method: 'DELETE', path: target })).status;
  for (const target of ['/v1/cache/db/creds', '/v1/cache/db%2Fcreds', '/v1/cache?prefix=db/', '/v1/cache?prefix=']) {
    await cacheStatus('db/creds');
    t.match(await cacheStatus('db/creds'), 'hit');
    t.equal(await forget(target), 204, target);
    t.match(await cacheStatus('db/creds'), 'fwd=miss', target);
  }
  await cacheStatus('mail/token');
  t.equal(await forget('/v1/cache?prefix=db'), 204);
  t.match(await cacheStatus('mail/token'), 'hit', 'others are kept');
  t.match((await http.send({ method: 'DELETE', path: '/v1/cache' })).json, { code: 'InvalidParameter' });
});

test('the state, the contract', async (t) => {
  t.match((await http.get('/v1/status')).json, {
    ready: true,
    draining: false,
    providers: [{ name: 'files', type: 'local', breaker: 'closed', lastSuccessAt: String }],
    cache: { maxEntries: 1000, maxBytes: 64 * 1024 * 1024 },
  });
  t.match((await http.get('/openapi.json')).json, { openapi: '3.1.0', paths: { '/v1/resolve': {} } });
});
