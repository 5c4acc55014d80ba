import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test, test } from 'tap';
import { startDaemon } from './daemon.ts';
import type { Question } from './http.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { open, sendRaw } from './raw.ts';

const VALUE = 'never-in-a-refusal';
const daemon = await startDaemon(t, {
  config: localConfig(await secretsFile(t, `db/creds: ${VALUE}\n'a%2Fb': x\n`), { limits: { body: 10_000 } }),
});
const http = daemon.http();

async function refuses(t: Test, question: Question, [status, code, detail]: Refusal): Promise<void> {
  const { json, text } = await http.send(question);
  t.match(json, { status, code, ...(detail !== undefined && { detail }) }, question.path.slice(0, 60));
  t.notMatch(text, VALUE);
}

type Refusal = readonly [status: number, code: string, detail?: RegExp];

const get = (path: string): Question => ({ path });
const post = (path: string, body: string, type = 'application/json'): Question => ({
  method: 'POST',
  path,
  headers: { 'content-type': type },
  body,
});

test('a query that is not of the contract', async (t) => {
  const path = '/v1/secrets/db/creds';
  await refuses(t, get(`${path}?vesion=2`), [400, 'UnknownParameter', /'vesion', did you mean 'version'\?/]);
  await refuses(t, get(`${path}?zzzzzz=2`), [400, 'UnknownParameter', /^unknown query parameter 'zzzzzz'$/]);
  await refuses(t, get(`${path}?__proto__=2`), [400, 'UnknownParameter']);
  await refuses(t, get(`${path}?wait=5`), [400, 'InvalidParameter', /'wait' must be a duration of at most 60s/]);
  await refuses(t, get(`${path}?key=a&key=b`), [400, 'InvalidParameter']);
  await refuses(t, get(`${path}?fresh=true&fresh=false`), [400, 'InvalidParameter']);
  await refuses(t, get(`${path}?key=`), [400, 'InvalidParameter']);
  await refuses(t, get(`${path}?key=${'k'.repeat(3000)}`), [400, 'InvalidParameter']);
  await refuses(t, get('/v1/status?verbose=1'), [400, 'UnknownParameter']);
  await refuses(t, get('/livez?verbose'), [400, 'UnknownParameter']);
});

test('a path that is none', async (t) => {
  const bad: readonly (readonly [string, RegExp])[] = [
    ['%zz', /percent-encoded/],
    ['%', /percent-encoded/],
    ['a/%c3%28', /percent-encoded/],
    ['%2e%2e', /'\.\.'/],
    ['a/../b', /'\.\.'/],
    ['a/%2e%2e/b', /'\.\.'/],
    ['a%2F..%2Fb', /'\.\.'/],
    ['.', /'\.'/],
    ['a//b', /empty segment/],
    ['a%2F%2Fb', /empty segment/],
    ['/a', /empty segment/],
    ['a/', /empty segment/],
    ['', /empty/],
    ['a%00b', /control character/],
    ['a%0Ab', /control character/],
    ['a%7Fb', /control character/],
    ['p'.repeat(3000), /longer than 2048 bytes/],
    ['%C3%BC'.repeat(1025), /longer than 2048 bytes/],
  ];
  for (const [path, detail] of bad)
    for (const route of ['secrets', 'metadata', 'versions'])
      await refuses(t, get(`/v1/${route}/${path}`), [400, 'InvalidPath', detail]);
  await refuses(t, get(`/v1/secrets/${'p'.repeat(2048)}`), [404, 'SecretDoesNotExist']);
  await refuses(t, get('/v1/secrets?prefix=a//b'), [400, 'InvalidPath']);
  await refuses(t, get('/v1/secrets/a%252Fb?format=raw&x=1'), [400, 'UnknownParameter']);
});

/** No part of a URL that leads nowhere is called the path of a secret. */
async function outline(target: string): Promise<object> {
  const { status, code, path } = Object((await http.get(target)).json);
  return { status, code, path };
}

test('a route or a method that is not there', async (t) => {
  for (const path of ['/', '/v1', '/v2/secrets/a', '/v1/secret/a', '/v1/secretsa', '/V1/secrets/a', '/livez/'])
    t.strictSame(await outline(path), { status: 404, code: 'RouteNotFound', path: undefined }, path);
  for (const [method, path, allow] of [
    ['POST', '/v1/secrets/db/creds', 'GET'],
    ['GET', '/v1/rotate/a', 'POST'],
    ['PUT', '/v1/secrets/db/creds', 'GET'],
    ['DELETE', '/v1/secrets', 'GET'],
    ['PATCH', '/v1/status', 'GET'],
    ['GET', '/v1/batch', 'POST'],
    ['GET', '/v1/cache/a', 'DELETE'],
    ['OPTIONS', '/v1/secrets/db/creds', 'GET'],
    ['TRACE', '/livez', 'GET'],
    ['PROPFIND', '/v1/resolve', 'POST'],
  ] as const) {
    const { json, headers } = await http.send({ method, path });
    t.match(json, { status: 405, code: 'MethodNotAllowed' }, `${method} ${path}`);
    t.equal(headers.allow, allow);
  }
  t.match((await http.send({ method: 'OPTIONS', path: '*' })).json, { status: 404 });
});

test('HEAD never runs the GET', async (t) => {
  for (const path of ['/v1/secrets/db/creds', '/v1/secrets', '/livez', '/metrics']) {
    const { status, headers, body } = await http.send({ method: 'HEAD', path });
    t.strictSame([status, headers.allow, body.length, headers.etag], [405, 'GET', 0, undefined], path);
  }
});

test('a body that is wrong', async (t) => {
  const path = '/v1/resolve';
  await refuses(t, post(path, '{"text":'), [400, 'InvalidBody', /not valid JSON/]);
  await refuses(t, post(path, ''), [400, 'InvalidBody', /missing/]);
  await refuses(t, post(path, '{"text":"a","txet":"b"}'), [400, 'InvalidBody', /unknown field 'txet'/]);
  await refuses(t, post(path, '{"text":5}'), [400, 'InvalidBody', /'text' must be string/]);
  await refuses(t, post(path, '{"text":"a","__proto__":{"x":1}}'), [400, 'InvalidBody']);
  await refuses(t, post(path, '<a/>', 'text/xml'), [415, 'UnsupportedMediaType']);
  await refuses(t, post(path, 'text=a', 'application/x-www-form-urlencoded'), [415, 'UnsupportedMediaType']);
  await refuses(t, post('/v1/batch', 'a', 'text/plain'), [415, 'UnsupportedMediaType']);
  await refuses(t, { method: 'POST', path, body: '{"text":"a"}' }, [415, 'UnsupportedMediaType']);
  await refuses(t, { method: 'POST', path }, [400, 'InvalidBody', /missing/]);
  await refuses(t, { method: 'POST', path: '/v1/batch', headers: { 'content-type': 'application/json' } }, [
    400,
    'InvalidBody',
  ]);
  await refuses(t, post(path, '"text"'), [400, 'InvalidBody', /must be object/]);
  await refuses(t, post(path, JSON.stringify({ text: 'x'.repeat(10_000) })), [
    413,
    'PayloadTooLarge',
    /'limits\.body'/,
  ]);
  await refuses(
    t,
    {
      ...post(path, 'x'.repeat(20_000), 'text/plain'),
      headers: { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' },
    },
    [413, 'PayloadTooLarge'],
  );
});

test('an empty body is none, whatever its type', async (t) => {
  const headers = { 'content-type': 'application/json', 'content-length': '0' };
  const { json } = await http.send({ method: 'DELETE', path: '/v1/cache/db/creds', headers });
  t.match(json, { status: 403, code: 'PolicyDenied' }, 'it comes as far as the policy');
  await refuses(t, { method: 'POST', path: '/v1/batch', headers }, [400, 'InvalidBody', /missing/]);
});

test('what is no HTTP', async (t) => {
  for (const bytes of [
    'hello\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    '\u0016\u0003\u0001\u0002\u0000\u0001\u0000',
    'GET /livez HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n',
    'GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'GET /livez HTTP/1.1\r\nHost: localhost\r\nX: a\u0000b\r\n\r\n',
    'POST /v1/resolve HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /v1/resolve HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n',
  ])
    t.match((await sendRaw(daemon.address(), bytes)).json, { status: 400, code: 'MalformedRequest' }, bytes);
});

test('headers that are too large', async (t) => {
  const big = `GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Big: ${'x'.repeat(40_000)}\r\n\r\n`;
  t.match((await sendRaw(daemon.address(), big)).json, { status: 431, code: 'HeadersTooLarge' });
  const longUrl = `GET /v1/secrets/${'p'.repeat(40_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  t.match((await sendRaw(daemon.address(), longUrl)).json, { status: 431, code: 'HeadersTooLarge' });
});

test('CONNECT, Expect and Upgrade', async (t) => {
  const head = 'Host: localhost\r\nConnection: close\r\n';
  const connect = await sendRaw(daemon.address(), `CONNECT db:5432 HTTP/1.1\r\n${head}\r\n`);
  t.match(connect.json, { status: 405, code: 'MethodNotAllowed' });
  const nonsense = await sendRaw(daemon.address(), `GET /livez HTTP/1.1\r\n${head}Expect: nonsense\r\n\r\n`);
  t.match(nonsense.json, { status: 400, code: 'MalformedRequest', detail: /'Expect'/ });
  const upgrade = await http.get('/v1/secrets/db/creds?format=raw', { connection: 'upgrade', upgrade: 'websocket' });
  t.equal(upgrade.text, VALUE, 'an upgrade that is not offered is ignored');
});

test('the daemon is none the worse for it', async (t) => {
  t.equal((await http.get('/v1/secrets/db/creds?format=raw')).text, VALUE);
  t.strictSame(
    daemon.log.filter(({ level }) => level === 'error' || level === 'fatal'),
    [],
  );
});

test('clients that ask for CONNECT and reset the connection do not end the daemon', async (t) => {
  const reset = async (delayMs: number): Promise<void> => {
    const socket = await open(daemon.address());
    socket.on('error', () => undefined);
    socket.write('CONNECT db:5432 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await pause(delayMs);
    socket.resetAndDestroy();
  };
  await Promise.all(Array.from({ length: 200 }, (_, index) => reset((index % 20) / 4)));
  t.equal((await daemon.http().get('/livez')).status, 200);
});

test('a body that is announced and is not there is not waited for', async (t) => {
  const announced = 'Host: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n';
  const statusOf = async (line: string): Promise<number> =>
    (await sendRaw(daemon.address(), `${line} HTTP/1.1\r\n${announced}`)).status;
  t.equal(await statusOf('POST /v1/batch'), 400);
  t.equal(await statusOf('POST /v1/rotate/db/creds'), 403);
  t.equal(await statusOf('DELETE /v1/cache/db/creds'), 403);
});
