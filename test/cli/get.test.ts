import { join } from 'node:path';
import { test } from 'tap';
import { get } from '../../src/cli/get.ts';
import { deadAddress, sendProblem, startFakeDaemon } from './fake-daemon.ts';
import { FakeIo } from './fake-io.ts';
import { shortDirectory } from './short-directory.ts';

test('the raw value is printed byte for byte and nothing else', async (t) => {
  const value = Buffer.from([0xff, 0x00, 0x0a, 0x68, 0x69]);
  const daemon = await startFakeDaemon(t, (_, response) => response.end(value));
  const io = new FakeIo({ KEYFOB_ADDR: daemon.address });
  t.equal(await get(['db/creds'], io), 0);
  t.same(io.bytes, value);
  t.equal(io.err, '');
  t.equal(daemon.requests[0]?.url, '/v1/secrets/db/creds?format=raw');
  t.equal(daemon.requests[0]?.headers.authorization, undefined);
});

test('a terminal gets a line end', async (t) => {
  const daemon = await startFakeDaemon(t, (_, response) => response.end('s3cr3t'));
  const io = new FakeIo({ KEYFOB_ADDR: daemon.address }, { isTty: true });
  t.equal(await get(['a'], io), 0);
  t.equal(io.out, 's3cr3t\n');
});

test('the selection becomes the query, and the path keeps its slashes', async (t) => {
  const daemon = await startFakeDaemon(t, (_, response) => response.end('x'));
  const io = new FakeIo({ KEYFOB_ADDR: daemon.address });
  const args = [
    '--key',
    'a&b=c',
    '--version',
    '3',
    '--stage',
    'previous',
    '--provider',
    'vault',
    '--fresh',
    'ä/../b?#%',
  ];
  t.equal(await get(args, io), 0);
  const [path, query] = daemon.requests[0]?.url?.split('?') ?? [];
  t.equal(path, '/v1/secrets/%C3%A4/../b%3F%23%25');
  t.strictSame(Object.fromEntries(new URLSearchParams(query)), {
    format: 'raw',
    key: 'a&b=c',
    version: '3',
    stage: 'previous',
    provider: 'vault',
    fresh: 'true',
  });
});

test('--json prints the body as the daemon wrote it', async (t) => {
  const body = '{"path":"a","data":{"n":9007199254740993}}';
  const daemon = await startFakeDaemon(t, (_, response) => response.end(body));
  const io = new FakeIo({ KEYFOB_ADDR: daemon.address });
  t.equal(await get(['a', '--json'], io), 0);
  t.equal(io.out, `${body}\n`);
  t.equal(daemon.requests[0]?.url, '/v1/secrets/a?format=json');
});

test('a problem goes to standard error', async (t) => {
  const daemon = await startFakeDaemon(t, (_, response) =>
    sendProblem(response, 404, { detail: "secret 'a' does not exist", code: 'SecretDoesNotExist' }),
  );
  const io = new FakeIo({ KEYFOB_ADDR: daemon.address });
  t.equal(await get(['a'], io), 1);
  t.equal(io.err, "keyfob: secret 'a' does not exist (SecretDoesNotExist)\n");
  t.equal(io.out, '');
});

test('works over a unix socket, with the token', async (t) => {
  const daemon = await startFakeDaemon(t, (_, response) => response.end('v'), join(await shortDirectory(t), 's'));
  const io = new FakeIo({ KEYFOB_ADDR: daemon.address, KEYFOB_TOKEN: 'tok' });
  t.equal(await get(['a'], io), 0);
  t.equal(io.out, 'v');
  t.equal(daemon.requests[0]?.headers.authorization, 'Bearer tok');
});

test('a dead daemon is one sentence', async (t) => {
  const address = await deadAddress();
  const io = new FakeIo({ KEYFOB_ADDR: address });
  t.equal(await get(['a'], io), 1);
  t.equal(io.err, `keyfob: no daemon answers at ${address} (start one with 'keyfob serve')\n`);
});

test('a wrong use shows the usage and asks nobody', async (t) => {
  const daemon = await startFakeDaemon(t, (_, response) => response.end('x'));
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /the PATH of the secret is missing/],
    [[''], /the PATH of the secret is missing/],
    [['a', 'b'], /unexpected argument 'b'/],
    [['a', '--versoin', '3'], /unknown option '--versoin'; did you mean '--version'\?/],
    [['a', '--key'], /option '--key <value>' argument missing/],
  ];
  for (const [args, message] of wrong) {
    const io = new FakeIo({ KEYFOB_ADDR: daemon.address });
    t.equal(await get(args, io), 2);
    t.match(io.err, message);
    t.match(io.err, /\nusage: keyfob get PATH /);
    t.equal(io.out, '');
  }
  t.equal(daemon.requests.length, 0);
});
