import t, { type Test, test } from 'tap';
import { startDaemon } from './daemon.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { shopSecrets } from './shop-secrets.ts';

const daemon = await startDaemon(t, { config: localConfig(await secretsFile(t, shopSecrets)) });
const http = daemon.http();

/** What the daemon answers to a read; a part of the JSON body is enough. */
async function reads(t: Test, target: string, expected: object): Promise<void> {
  const { status, json } = await http.get(`/v1/secrets/${target}`);
  t.match({ status, ...Object(json) }, { status: 200, ...expected }, target);
}

async function refuses(t: Test, target: string, [status, code]: readonly [number, string]): Promise<void> {
  const { json } = await http.get(`/v1/secrets/${target}`);
  t.match(json, { status, code }, target);
}

test('a document, with all that is known of it', async (t) => {
  const { json, headers } = await http.get('/v1/secrets/db/creds');
  t.strictSame(json, {
    path: 'db/creds',
    provider: 'files',
    value: '{"username":"app","password":"second"}',
    encoding: 'utf8',
    version: '2',
    stages: ['current'],
    createdAt: '2026-02-01T00:00:00.000Z',
    metadata: {
      name: 'db/creds',
      description: 'the database',
      currentVersion: '2',
      stages: ['current'],
      tags: { team: 'shop', tier: 'a=b' },
    },
    data: { username: 'app', password: 'second' },
  });
  t.equal(headers['content-type'], 'application/json; charset=utf-8');
});

test('a text has no data, bytes are base64', async (t) => {
  const plain = await http.get('/v1/secrets/db/replica');
  t.match(plain.json, { value: 'plain text', encoding: 'utf8' });
  t.notOk(Object.hasOwn(Object(plain.json), 'data'));
  await reads(t, 'binary', { value: '/u3+7QA=', encoding: 'base64' });
});

test('one key of a document, or a place in it', async (t) => {
  await reads(t, 'db/creds?key=password', { value: 'second', data: 'second' });
  await reads(t, 'numbers?key=a/b', { value: 'slash' });
  await reads(t, 'numbers?key=/a~1b', { value: 'slash' });
  await reads(t, 'numbers?key=/list/1/x', { value: 'y' });
  await reads(t, 'numbers?key=/list/1', { value: /^\{ ?"x": ?"y" ?\}$/, data: { x: 'y' } });
  await reads(t, 'numbers?key=no', { value: 'null', data: null });
  await reads(t, 'numbers?key=yes', { value: 'true', data: true });
  await reads(t, 'numbers?key=/', { value: 'empty' });
  await refuses(t, 'db/creds?key=pasword', [422, 'KeyNotFound']);
  await refuses(t, 'numbers?key=/list/2', [422, 'KeyNotFound']);
  await refuses(t, 'db/creds?key=toString', [422, 'KeyNotFound']);
  await refuses(t, 'mail/token?key=a', [422, 'JsonParseError']);
  await refuses(t, 'binary?key=a', [422, 'JsonParseError']);
});

test('numbers and names come from the source text', async (t) => {
  await reads(t, 'numbers?key=big', { value: '9007199254740993' });
  await reads(t, 'numbers?key=exact', { value: '1.0' });
  await reads(t, 'numbers?key=/__proto__/deep/1', { value: 'one' });
  const { text } = await http.get('/v1/secrets/numbers');
  const data = text.slice(text.indexOf('"data":'));
  t.match(data, /"big": ?9007199254740993\b/);
  t.match(data, /"exact": ?1\.0\b/);
  t.match(data, '"__proto__"');
});

test('raw is the value and nothing else', async (t) => {
  const raw = await http.get('/v1/secrets/db/creds?key=password&format=raw');
  t.equal(raw.text, 'second');
  t.equal(raw.headers['content-type'], 'text/plain; charset=utf-8');
  t.equal(raw.headers['content-length'], '6');
  const bytes = await http.get('/v1/secrets/binary?format=raw');
  t.equal(bytes.body.toString('hex'), 'feedfeed00');
  t.equal(bytes.headers['content-type'], 'application/octet-stream');
  t.equal((await http.get('/v1/secrets/unicode/schl%C3%BCssel?format=raw')).text, 'wörter');
});

test('Accept decides where format does not', async (t) => {
  const isRaw = async (target: string, accept: string): Promise<boolean> =>
    (await http.get(target, { accept })).json === undefined;
  const path = '/v1/secrets/db/replica';
  for (const accept of ['text/plain', 'application/octet-stream', 'text/*', 'text/html, application/json;q=0'])
    t.equal(await isRaw(path, accept), true, accept);
  for (const accept of ['*/*', 'application/json', 'application/*', 'text/plain, application/json;q=0.1', ''])
    t.equal(await isRaw(path, accept), false, accept);
  t.equal(await isRaw(`${path}?format=json`, 'text/plain'), false);
  t.equal(await isRaw(`${path}?format=raw`, 'application/json'), true);
});

test('an entity tag spares the body', async (t) => {
  const first = await http.get('/v1/secrets/db/creds');
  const etag = String(first.headers.etag);
  for (const condition of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await http.get('/v1/secrets/db/creds', { 'if-none-match': condition });
    t.equal(again.status, 304, condition);
    t.equal(again.headers.etag, etag);
  }
  t.equal((await http.get('/v1/secrets/db/creds', { 'if-none-match': '"other"' })).status, 200);
  const others = await Promise.all(
    ['db/creds?key=password', 'db/creds?format=raw', 'db/creds?version=1', 'db/replica'].map((target) =>
      http.get(`/v1/secrets/${target}`),
    ),
  );
  t.equal(new Set([etag, ...others.map(({ headers }) => headers.etag)]).size, 5, 'each body has its own');
});

test('the first read asks the store, the second does not', async (t) => {
  const first = await http.get('/v1/secrets/dbadmin/creds');
  t.match(first.headers['cache-status'], /^keyfob; fwd=miss; ttl=\d+$/);
  const second = await http.get('/v1/secrets/dbadmin/creds');
  t.match(second.headers['cache-status'], /^keyfob; hit; ttl=\d+$/);
  t.equal(second.headers.age, '0');
});

test('versions and stages', async (t) => {
  await reads(t, 'db/creds?version=1', { version: '1', stages: ['previous'], data: { password: 'first' } });
  await reads(t, 'db/creds?stage=previous&key=password', { version: '1', value: 'first' });
  await reads(t, 'db/creds?stage=current&key=password', { version: '2', value: 'second' });
  await refuses(t, 'db/creds?version=3', [404, 'VersionNotFound']);
  await refuses(t, 'db/creds?stage=blue', [404, 'StageNotFound']);
  await refuses(t, 'db/replica?stage=previous', [404, 'StageNotFound']);
  await refuses(t, 'db/creds?version=1&stage=previous', [400, 'InvalidParameter']);
  await refuses(t, 'nothing/here', [404, 'SecretDoesNotExist']);
});

test('a path is percent-decoded once', async (t) => {
  await reads(t, 'db%2Fcreds?key=password', { path: 'db/creds', value: 'second' });
  await reads(t, 'db%2fcreds?key=password', { path: 'db/creds', value: 'second' });
  await reads(t, '50%25%20off', { path: '50% off', value: 'percent' });
  await refuses(t, 'db%252Fcreds', [404, 'SecretDoesNotExist']);
  t.match((await http.get('/v1/secrets/db%252Fcreds')).json, { detail: /db%2Fcreds/ });
});

test('fresh, and a provider by its name', async (t) => {
  await reads(t, 'db/replica?fresh=true', { value: 'plain text' });
  await reads(t, 'db/replica?provider=files', { provider: 'files' });
  await refuses(t, 'db/replica?provider=other', [400, 'InvalidProvider']);
  await refuses(t, 'db/replica?fresh=perhaps', [400, 'InvalidParameter']);
  await refuses(t, 'db/replica?format=xml', [400, 'InvalidParameter']);
});

test('a request id is taken over or made', async (t) => {
  const given = await http.get('/v1/secrets/db/replica', { 'x-request-id': 'mine-1' });
  t.equal(given.headers['x-request-id'], 'mine-1');
  const bad = await http.get('/v1/secrets/db/replica', { 'x-request-id': 'no blanks' });
  t.match(bad.headers['x-request-id'], /^[\da-f]{12}-\w+$/);
});
