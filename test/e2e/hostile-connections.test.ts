import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import t, { test } from 'tap';
import type { ListenAddress } from '../../src/config/config.ts';
import { MAX_CONNECTIONS } from '../../src/http/open-connections.ts';
import { parseResponses } from '../fuzz/response-parser.ts';
import { startDaemon } from './daemon.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { open } from './raw.ts';
import { shopSecrets } from './shop-secrets.ts';
import { until } from './until.ts';

const daemon = await startDaemon(t, { config: localConfig(await secretsFile(t, shopSecrets)) });
const address = daemon.address();
const HOST = 'Host: localhost\r\n';
const GET = `GET /v1/secrets/db/creds HTTP/1.1\r\n${HOST}\r\n`;
const BODY = '{"secrets":[{"path":"mail/token"}]}';

/** What came back until the daemon closed, and the socket that it came by. */
async function exchange(bytes: string): Promise<ReturnType<typeof parseResponses>> {
  const socket = await open(address);
  socket.on('error', () => undefined);
  socket.write(Buffer.from(bytes, 'latin1'));
  return parseResponses(await buffer(socket), false);
}

/** The body of the one answer to a read with such headers. */
async function ask(headers: string): Promise<unknown> {
  const { responses } = await exchange(`GET /v1/secrets/db/creds HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`);
  return JSON.parse(responses[0]?.body.toString() ?? '');
}

/** Requests whose length can be read in two ways; a second request is what would be smuggled. */
const smuggling: Readonly<Record<string, string>> = {
  'a length and chunks': `Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${GET}`,
  'chunks and a length': `Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${GET}`,
  'two lengths': `Content-Length: ${BODY.length}\r\nContent-Length: 0\r\n\r\n${BODY}${GET}`,
  'the same length twice': `Content-Length: ${BODY.length}\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}${GET}`,
  'a list of lengths': `Content-Length: ${BODY.length}, 0\r\n\r\n${BODY}${GET}`,
  'a signed length': `Content-Length: +${BODY.length}\r\n\r\n${BODY}${GET}`,
  'a hexadecimal length': `Content-Length: 0x23\r\n\r\n${BODY}${GET}`,
  'an empty length': `Content-Length:\r\n\r\n${BODY}${GET}`,
  'a huge length': `Content-Length: 99999999999999999999\r\n\r\n${BODY}${GET}`,
  'an encoding that is none': `Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${GET}`,
  'an encoding after chunks': `Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${GET}`,
  'a space before the colon': `Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${GET}`,
  'a folded header': `X: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${GET}`,
  'a bare line feed': `X: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${GET}`,
  'a bare carriage return': `X: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${GET}`,
  'a null byte': `X: a\0\r\n\r\n${GET}`,
  'a chunk of a negative size': `Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n0\r\n\r\n${GET}`,
  'a chunk of an overlong size': `Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n${GET}`,
  'a chunk that is longer than it says': `Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n${GET}`,
  'a chunk that ends with a line feed': `Transfer-Encoding: chunked\r\n\r\n1\na\n0\n\n${GET}`,
};

test('a request that can be read in two ways is refused, and nothing that comes after it is answered', async (t) => {
  for (const [what, rest] of Object.entries(smuggling)) {
    const head = `POST /v1/batch HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n${rest}`;
    const { responses, rest: left, problem } = await exchange(head);
    t.match(
      { what, count: responses.length, left: left.length, problem },
      { what, count: 1, left: 0, problem: undefined },
    );
    const [answer] = responses;
    t.match(answer, { status: 400 }, what);
    t.equal(answer?.headers.get('content-type'), 'application/problem+json', what);
    t.equal(answer?.headers.get('connection'), 'close', what);
    t.match(JSON.parse(answer?.body.toString() ?? ''), { code: 'MalformedRequest' }, what);
  }
});

test('a header that may come once is no right one twice', async (t) => {
  const codeOf = async (headers: string): Promise<unknown> => Object(await ask(headers)).code;
  t.equal(await codeOf(`${HOST}Host: evil.example\r\n`), 'HostNotAllowed');
  t.equal(await codeOf(`Host: evil.example\r\n${HOST}`), 'HostNotAllowed');
  t.equal(await codeOf(`${HOST}${HOST}`), 'HostNotAllowed');
  t.equal(await codeOf(`${HOST}Origin: http://localhost\r\nOrigin: http://evil.example\r\n`), 'CrossSite');
});

test('guards see every header, however many there are', async (t) => {
  const many = (count: number): string => Array.from({ length: count }, (_, index) => `a${index}:\r\n`).join('');
  const tooMany = { status: 431, code: 'HeadersTooLarge' };
  t.match(await ask(HOST + many(98)), { path: 'db/creds', version: '2' });
  t.match(await ask(HOST + many(99)), tooMany);
  t.match(await ask(`${HOST}${many(2_000)}Via: 1.1 proxy\r\n`), tooMany);
  t.match(await ask(`${HOST}X: ${'a'.repeat(20_000)}\r\n`), tooMany);
});

test('a client that asks on without reading is cut off, after what is its due', async (t) => {
  const { responses, rest } = await exchange(GET.repeat(2_000));
  t.equal(rest.length, 0);
  const statuses = responses.map(({ status }) => status);
  t.ok(statuses.length <= 102, `${statuses.length} answers`);
  t.match(JSON.parse(responses.at(-1)?.body.toString() ?? ''), { status: 503, code: 'Overloaded' });
  t.ok(statuses.slice(0, -1).every((status) => status === 200));
  t.equal(responses.at(-1)?.headers.get('connection'), 'close');
  t.equal((await daemon.http().get('/v1/secrets/db/creds')).status, 200);
});

test('what is due reaches a client that is cut off, also when it reads late', async (t) => {
  // Much more than the daemon has read by then: closed at once, the connection would be reset.
  const requests = GET.repeat(20_000);
  const late = Array.from({ length: 30 }, async () => {
    const socket = await open(address);
    socket.on('error', () => undefined);
    socket.write(requests);
    await pause(50);
    return parseResponses(await buffer(socket), false).responses.at(-1)?.status;
  });
  t.strictSame(new Set(await Promise.all(late)), new Set([503]));
});

test('a client that waits for its answers may ask as often as it likes', async (t) => {
  const socket = await open(address);
  let [text, asked] = ['', 0];
  const done = new Promise<void>((resolve) => {
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      while (asked < 1_000 && (text.match(/HTTP\/1\.1 200/g)?.length ?? 0) > asked - 50) {
        socket.write(GET);
        asked += 1;
      }
      if ((text.match(/HTTP\/1\.1 200/g)?.length ?? 0) === 1_000) resolve();
    });
  });
  for (; asked < 50; asked += 1) socket.write(GET);
  await done;
  t.notMatch(text, /HTTP\/1\.1 503/);
  socket.destroy();
});

test('a request that comes a byte at a time, and one whose body never comes, do not hold a connection for ever', async (t) => {
  const slow = await open(address);
  slow.write(`GET /livez HTTP/1.1\r\n${HOST}`);
  const drip = setInterval(() => slow.write('a: b\r\n'), 500);
  const silent = await open(address);
  const [late, none] = await Promise.all([buffer(slow), buffer(silent)]);
  clearInterval(drip);
  for (const bytes of [late, none]) {
    const { responses } = parseResponses(bytes, false);
    t.match(JSON.parse(responses[0]?.body.toString() ?? ''), { status: 408, code: 'RequestTimeout' });
  }
});

test('a flood of connections leaves room for who asks', async (t) => {
  const sockets: Socket[] = [];
  t.teardown(() => sockets.forEach((socket) => socket.destroy()));
  const closed = { count: 0 };
  for (let count = 0; count < MAX_CONNECTIONS + 100; count += 1) {
    const socket = connectQuietly(address);
    sockets.push(socket);
    socket.once('close', () => (closed.count += 1));
    if (count % 100 === 0) await once(socket, 'connect');
  }
  t.equal((await daemon.http().get('/v1/secrets/db/creds')).status, 200);
  await until('the oldest silent ones are cut', () => closed.count >= 100 || undefined);
  t.ok(closed.count < MAX_CONNECTIONS, 'and not all of them');
});

function connectQuietly(to: ListenAddress): Socket {
  if (to.kind === 'unix') throw new TypeError('not of this test');
  return connect(to.port, to.host).on('error', () => undefined);
}
