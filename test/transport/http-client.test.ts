import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { test, type Test } from 'tap';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { createHttpClient, type HttpClientOptions, type HttpResponse } from '../../src/transport/http-client.ts';
import { makeCertificate } from '../fakes/make-certificate.ts';

const SECRET_HEADERS = { 'X-Vault-Token': 'token-canary' };

async function listen(t: Test, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const serve = (t: Test, answer: RequestListener): Promise<number> => listen(t, createServer(answer));

interface Sending extends Partial<HttpClientOptions> {
  readonly signal?: AbortSignal;
  readonly isBinary?: boolean;
}

async function send(t: Test, url: string, { signal, isBinary, ...options }: Sending = {}): Promise<HttpResponse> {
  const client = createHttpClient({ maxResponseBytes: 1_000, ...options });
  t.teardown(() => client.close());
  return client.send({
    method: 'GET',
    url: new URL(url),
    headers: SECRET_HEADERS,
    ...(isBinary !== undefined && { isBinary }),
    signal: signal ?? new AbortController().signal,
  });
}

async function fails(t: Test, work: Promise<unknown>, code: string): Promise<void> {
  const error: unknown = await work.then(
    () => t.fail('the call fails'),
    (reason: unknown) => reason,
  );
  t.ok(error instanceof Error && 'code' in error && error.code === code, code, { found: inspect(error) });
  t.notMatch(
    inspect(error, { depth: 9, showHidden: true }).replaceAll(/\n\s+at .*/g, ''),
    /token-canary|127\.0\.0\.1|body-canary/,
  );
}

test('an answer that is no text keeps its bytes, one a character', async (t) => {
  const port = await serve(t, (_request, response) => void response.end(Buffer.from([0, 200, 1, 255])));
  t.equal((await send(t, `http://127.0.0.1:${port}/`, { isBinary: true })).text, '\0\u00c8\u0001\u00ff');
  t.match((await send(t, `http://127.0.0.1:${port}/`)).text, '\ufffd');
});

test('any status is an answer, and redirects are not followed', async (t) => {
  const port = await serve(t, (request, response) => {
    response.writeHead(request.url === '/a' ? 307 : 404, {
      location: '/b',
      'X-Twice': ['1', '2'],
      'Set-Cookie': 'a=b',
    });
    response.end([request.method, request.headers['x-vault-token'], request.headers.cookie ?? 'no cookie'].join(' '));
  });
  const client = createHttpClient({ maxResponseBytes: 1_000 });
  t.teardown(() => client.close());
  const ask = { headers: SECRET_HEADERS, signal: new AbortController().signal };
  const first = await client.send({ ...ask, method: 'POST', body: '{}', url: new URL(`http://127.0.0.1:${port}/a`) });
  t.equal(first.status, 307);
  t.equal(first.text, 'POST token-canary no cookie');
  t.equal(first.headers.get('x-twice'), '1, 2');
  const second = await client.send({ ...ask, method: 'GET', url: new URL(`http://127.0.0.1:${port}/b`) });
  t.equal(second.text, 'GET token-canary no cookie');
});

test('connections that fail', async (t) => {
  const closed = createTcpServer();
  const port = await listen(t, closed);
  closed.close();
  await once(closed, 'close');
  await fails(t, send(t, `http://127.0.0.1:${port}/`), 'ConnectionFailed');
  await fails(t, send(t, 'http://keyfob.invalid/'), 'ConnectionFailed');
  const resetting = await listen(
    t,
    createTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
  );
  await fails(t, send(t, `http://127.0.0.1:${resetting}/`), 'ConnectionFailed');
  const cutting = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('body-canary', () => response.destroy());
  });
  await fails(t, send(t, `http://127.0.0.1:${cutting}/`), 'ConnectionFailed');
  const babbling = await listen(
    t,
    createTcpServer((socket) => socket.once('data', () => socket.end('body-canary\r\n\r\n'))),
  );
  await fails(t, send(t, `http://127.0.0.1:${babbling}/`), 'ConnectionFailed');
});

test('an answer that is too large', async (t) => {
  const port = await serve(t, (_, response) => void response.end('body-canary'.repeat(100)));
  await fails(t, send(t, `http://127.0.0.1:${port}/`), 'InvalidSecretFormat');
  t.equal((await send(t, `http://127.0.0.1:${port}/`, { maxResponseBytes: 1_100 })).text.length, 1_100);
});

test('a signal ends a call that hangs, before and after the headers', async (t) => {
  const hanging = createTcpServer();
  const mute = await listen(t, hanging);
  const abort = new AbortController();
  const work = send(t, `http://127.0.0.1:${mute}/`, { signal: abort.signal });
  await once(hanging, 'connection');
  abort.abort(new DOMException('too late', 'TimeoutError'));
  await fails(t, work, 'Timeout');

  const reason = new ProviderError('RateLimited', 'ours');
  const later = new AbortController();
  const half = await serve(t, (_, response) => {
    response.write('body-canary', () => later.abort(reason));
  });
  await t.rejects(send(t, `http://127.0.0.1:${half}/`, { signal: later.signal }), reason, 'our own reason is thrown');
  await t.rejects(send(t, `http://127.0.0.1:${half}/`, { signal: AbortSignal.abort(reason) }), reason);
});

test('TLS', async (t) => {
  const folder = t.testdir();
  const good = await makeCertificate(folder, 'good', 'IP:127.0.0.1');
  const other = await makeCertificate(folder, 'other', 'DNS:elsewhere.example');
  const start = async (files: typeof good): Promise<string> => {
    const server = createTlsServer({ cert: readFileSync(files.cert), key: readFileSync(files.key) }, (_, response) => {
      response.end('hello');
    });
    return `https://127.0.0.1:${await listen(t, server)}/`;
  };
  const url = await start(good);
  await fails(t, send(t, url), 'TlsError');
  t.equal((await send(t, url, { tls: { ca: good.cert } })).text, 'hello', 'with its authority');
  await fails(t, send(t, url, { tls: { ca: other.cert } }), 'TlsError');
  await fails(t, send(t, await start(other), { tls: { ca: other.cert } }), 'TlsError');
  const plain = await serve(t, (_, response) => void response.end());
  await fails(t, send(t, `https://127.0.0.1:${plain}/`), 'TlsError');
});

test('files of TLS that were exchanged count for the next connection', async (t) => {
  const folder = t.testdir();
  const [server, other] = await Promise.all([
    makeCertificate(folder, 'server', 'IP:127.0.0.1'),
    makeCertificate(folder, 'other', 'IP:127.0.0.1'),
  ]);
  const port = await listen(
    t,
    createTlsServer({ cert: readFileSync(server.cert), key: readFileSync(server.key) }, (_, response) =>
      response.end('ok'),
    ),
  );
  const client = createHttpClient({ tls: { ca: other.cert }, maxResponseBytes: 1_000 });
  t.teardown(() => client.close());
  const ask = { method: 'GET', headers: {}, url: new URL(`https://127.0.0.1:${port}/`) };
  const signal = new AbortController().signal;
  await fails(t, client.send({ ...ask, signal }), 'TlsError');
  writeFileSync(other.cert, readFileSync(server.cert));
  t.equal((await client.send({ ...ask, signal })).text, 'ok');
});

test('plain http at a TLS port', async (t) => {
  const go = await serve(t, (_, response) => {
    response.writeHead(400).end('Client sent an HTTP request to an HTTPS server.\n');
  });
  await fails(t, send(t, `http://127.0.0.1:${go}/`), 'TlsError');
  const openssl = await listen(
    t,
    createTcpServer((socket) => socket.once('data', () => socket.end(Buffer.from([0x15, 3, 1, 0, 2, 2, 0x46])))),
  );
  await fails(t, send(t, `http://127.0.0.1:${openssl}/`), 'TlsError');
});

test('after close nothing is sent, and closing twice is fine', async (t) => {
  const client = createHttpClient({ maxResponseBytes: 1 });
  await client.open();
  await client.close();
  await client.close();
  const ask = { method: 'GET', url: new URL('http://127.0.0.1:1/'), headers: {}, signal: new AbortController().signal };
  await t.rejects(client.send(ask), NetworkError);
});
