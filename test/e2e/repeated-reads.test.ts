import { readFile, writeFile } from 'node:fs/promises';
import { Agent, type OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { startDaemon } from './daemon.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { until } from './until.ts';

// A URL that was answered before is not routed and not held against the contract again, and headers that a connection
// repeats are not looked at again. These tests ask by such a URL on such a connection.

const PATH = '/v1/secrets/db/creds';
const SECRETS = 'db/creds: { user: app, password: not-a-real-one }\n';

async function setUp(t: Test, more: Readonly<Record<string, unknown>> = {}) {
  const file = await secretsFile(t, SECRETS);
  const sink = join(await temporaryDirectory(t), 'audit.log');
  const config = localConfig(file, { audit: { sink }, ...more });
  const daemon = await startDaemon(t, { config });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(() => agent.destroy());
  const http = daemon.http();
  const get = (path = PATH, headers: OutgoingHttpHeaders = {}) => http.send({ path, headers, agent });
  for (let time = 0; time < 3; time += 1) t.equal((await get()).status, 200);
  const audited = async () => {
    t.equal((await daemon.stop()).code, 0);
    return (await readFile(sink, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'audit');
  };
  return { daemon, agent, config, file, get, audited };
}

test('every guard holds, and every read and refusal has its line', async (t) => {
  const { get, audited } = await setUp(t);
  const refused: readonly (readonly [string, OutgoingHttpHeaders])[] = [
    ['HostNotAllowed', { host: 'evil.example' }],
    ['ForwardedRequest', { 'X-Forwarded-For': '10.0.0.1' }],
    ['ForwardedRequest', { Via: '1.1 proxy' }],
    ['ForwardedRequest', { forwarded: 'for=10.0.0.1' }],
    ['CrossSite', { origin: 'http://evil.example' }],
    ['CrossSite', { 'sec-fetch-site': 'cross-site' }],
  ];
  for (const [code, headers] of refused) {
    for (let time = 0; time < 2; time += 1) {
      const { status, json } = await get(PATH, headers);
      t.match({ status, json }, { status: 403, json: { code, path: 'db/creds' } }, code);
    }
    t.equal((await get()).status, 200);
  }
  const ids = Array.from({ length: 5 }, (_, at) => `own-${at}`);
  for (const id of ids) t.equal((await get(PATH, { 'x-request-id': id })).headers['x-request-id'], id);
  const lines = await audited();
  t.equal(lines.length, 3 + 3 * refused.length + ids.length);
  const good = lines.filter(({ success }) => success === true);
  t.equal(good.length, 3 + refused.length + ids.length);
  for (const line of good)
    t.match(line, { operation: 'get', secret_path: 'db/creds', provider: 'files', version: /./ });
  t.strictSame(
    lines.filter(({ success }) => success === false).map(({ code }) => code),
    refused.flatMap(([code]) => [code, code]),
  );
  t.equal(new Set(lines.map(({ request_id: id }) => id)).size, lines.length, 'each has an id of its own');
  t.strictSame(
    good.slice(-ids.length).map(({ request_id: id }) => id),
    ids,
  );
});

test('each question has its own answer', async (t) => {
  const { get } = await setUp(t);
  for (let time = 0; time < 3; time += 1) {
    t.match((await get()).json, { path: 'db/creds', data: { user: 'app' } });
    t.equal((await get(`${PATH}?key=user&format=raw`)).text, 'app');
    t.equal((await get(`${PATH}?key=user`, { accept: 'text/plain' })).text, 'app');
    t.match((await get(`${PATH}?key=user`)).json, { value: 'app', data: 'app' });
    t.match((await get(`${PATH}?key=nothing`)).json, { status: 422, code: 'KeyNotFound' });
    t.match((await get(`${PATH}?kye=user`)).json, { status: 400, code: 'UnknownParameter' });
    t.match((await get('/v1/secrets/db%2Fcreds')).json, { path: 'db/creds' });
    t.match((await get('/v1/secrets/nothing')).json, { status: 404, code: 'SecretDoesNotExist', path: 'nothing' });
    const { headers, json } = await get();
    t.match(headers, { 'cache-control': 'no-store', age: /^\d+$/, 'cache-status': /^keyfob; hit; ttl=\d+$/ });
    t.match(json, { path: 'db/creds' });
    const unchanged = await get(PATH, { 'if-none-match': String(headers['etag']) });
    t.match([unchanged.status, unchanged.text, unchanged.headers['etag']], [304, '', headers['etag']]);
    t.equal((await get(PATH, { 'if-none-match': '"other"' })).status, 200);
  }
});

test('methods, listeners and proxies are told apart', async (t) => {
  const { daemon, agent, get } = await setUp(t, { ops: { listen: ['127.0.0.1:0'] } });
  const http = daemon.http();
  for (const method of ['HEAD', 'POST', 'DELETE'])
    t.equal((await http.send({ method, path: PATH, agent })).status, 405, method);
  t.equal((await daemon.http(1).get(PATH)).status, 404, 'the ops listener has no secrets');
  t.match((await get(`http://localhost${PATH}`)).json, { code: 'ForwardedRequest' });
  t.equal((await get()).status, 200);
});

test('what changes, changes for them', async (t) => {
  const { daemon, config, file, get } = await setUp(t, { hosts: ['keyfob.local'] });
  const host = { host: 'keyfob.local' };
  t.equal((await get(PATH, host)).status, 200);
  await daemon.reload({ ...config, hosts: [] });
  t.match((await get(PATH, host)).json, { code: 'HostNotAllowed' }, 'a name that is served no more');
  t.equal((await get()).status, 200);
  await writeFile(file, 'db/creds: { user: app, password: another-one }\n');
  await until('the new value is served', async () => (await get()).text.includes('another-one') || undefined);
  await writeFile(file, 'db/other: value\n');
  await until('it is gone', async () => (await get()).status === 404 || undefined);
});

test('while it drains an answer ends its connection', async (t) => {
  const { daemon, get } = await setUp(t, { drain: '2s' });
  t.equal((await get()).headers['connection'], 'keep-alive');
  daemon.signal('SIGTERM');
  await until('it drains', async () => (await get()).headers['connection'] === 'close' || undefined);
});
