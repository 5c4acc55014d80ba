import type { OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import t, { test } from 'tap';
import { startDaemon } from './daemon.ts';
import type { Answer } from './http.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { sendRaw } from './raw.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const socket = join(await temporaryDirectory(t), 'k.sock');
const daemon = await startDaemon(t, {
  config: localConfig(await secretsFile(t, 'db/creds: value\n'), {
    listen: ['127.0.0.1:0', `unix:${socket}`],
    ops: { listen: ['127.0.0.1:0'] },
    hosts: ['Keyfob.local'],
  }),
});
const [tcp, unix, ops] = [daemon.http(0), daemon.http(1), daemon.http(2)];
const SECRET = '/v1/secrets/db/creds';

/** `200`, or the code of the refusal. */
const verdict = ({ status, json }: Answer): unknown => (status === 200 ? 200 : Object(json).code);
const asks = async (headers: OutgoingHttpHeaders): Promise<unknown> => verdict(await tcp.get(SECRET, headers));

test('only names of this machine are served', async (t) => {
  for (const host of [
    'localhost',
    'LOCALHOST:99',
    '127.0.0.1',
    '127.0.0.2:8200',
    '[::1]',
    '[::1]:8200',
    'keyfob.local',
    'KEYFOB.local:1',
  ])
    t.equal(await asks({ host }), 200, host);
  for (const host of [
    'evil.example',
    'evil.example:8200',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '128.0.0.1',
    'localhost:x',
    'localhost@evil.example',
    '[::1',
    '0.0.0.0',
  ])
    t.equal(await asks({ host }), 'HostNotAllowed', host);
  t.equal(verdict(await tcp.send({ path: SECRET, setHost: false })), 'HostNotAllowed', 'none at all');
  const empty = await sendRaw(daemon.address(), `GET ${SECRET} HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n`);
  t.equal(verdict(empty), 'HostNotAllowed', 'an empty one');
});

test('health and metrics are guarded on this listener, too', async (t) => {
  for (const path of ['/livez', '/readyz', '/metrics', '/v1/status', '/openapi.json', '/nothing'])
    t.equal(verdict(await tcp.get(path, { host: 'evil.example' })), 'HostNotAllowed', path);
});

test('what was forwarded is not served', async (t) => {
  for (const name of [
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'x-forwarded-proto',
    'X-Forwarded-Anything',
    'Via',
    'Forwarded',
  ])
    for (const http of [tcp, unix]) {
      const answer = await http.get(SECRET, { [name]: 'for=10.0.0.1' });
      t.match(answer.json, { status: 403, code: 'ForwardedRequest', detail: `'${name.toLowerCase()}'` });
    }
});

test('pages of other sites are not served', async (t) => {
  for (const headers of [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:1' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]) {
    t.equal(await asks(headers), 'CrossSite', JSON.stringify(headers));
    t.equal(verdict(await unix.get(SECRET, headers)), 'CrossSite', JSON.stringify(headers));
  }
  const host = 'localhost:8200';
  t.equal(await asks({ host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }), 200);
  t.equal(await asks({ host, 'sec-fetch-site': 'none' }), 200);
});

test('a unix socket has no names', async (t) => {
  t.equal(verdict(await unix.get(SECRET, { host: 'evil.example' })), 200);
  t.equal(verdict(await unix.send({ path: SECRET, setHost: false })), 200);
});

test('the ops listener has its four routes and is asked under any name', async (t) => {
  for (const path of ['/livez', '/readyz', '/startupz', '/metrics'])
    t.equal(verdict(await ops.get(path, { host: '10.1.2.3:9464', 'x-forwarded-for': '10.0.0.1' })), 200, path);
  for (const path of [SECRET, '/v1/secrets', '/v1/metadata/db/creds', '/v1/status', '/openapi.json', '/nothing'])
    t.match((await ops.get(path)).json, { status: 404, code: 'RouteNotFound' }, path);
  t.match((await ops.post('/v1/batch', { secrets: [{ path: 'db/creds' }] })).json, { status: 404 });
});

test('a request in the form for proxies is refused, whatever its Host says', async (t) => {
  const answer = await tcp.send({ path: `http://evil.example${SECRET}`, headers: { host: 'localhost' } });
  t.equal(verdict(answer), 'ForwardedRequest');
});

test('the ops listener tells a wrong method from a route that it does not have', async (t) => {
  const wrong = await ops.send({ method: 'POST', path: '/livez' });
  t.match([wrong.status, verdict(wrong), wrong.headers.allow], [405, 'MethodNotAllowed', 'GET']);
  t.equal(verdict(await ops.send({ method: 'POST', path: '/v1/batch' })), 'RouteNotFound');
});
