import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'tap';
import { createDaemonClient } from '../../src/cli/daemon-client.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { startFakeDaemon } from './fake-daemon.ts';
import { FakeIo } from './fake-io.ts';
import { shortDirectory } from './short-directory.ts';

test('status, type and body come as they are', async (t) => {
  const daemon = await startFakeDaemon(t, (_, response) => {
    response.writeHead(404, { 'content-type': 'text/x' });
    response.end('gone');
  });
  const client = await createDaemonClient(new FakeIo({ KEYFOB_ADDR: daemon.address }));
  t.equal(client.address, daemon.address);
  const answer = await client.get('/a%2Fb?c=d');
  t.equal(answer.status, 404);
  t.equal(answer.contentType, 'text/x');
  t.equal(Buffer.from(answer.body).toString(), 'gone');
  t.equal(daemon.requests[0]?.url, '/a%2Fb?c=d');
  t.equal(daemon.requests[0]?.method, 'GET');
  t.equal(daemon.requests[0]?.headers.host, daemon.address.slice('http://'.length));
});

test('a redirect is not followed', async (t) => {
  const daemon = await startFakeDaemon(t, (_, response) => {
    response.writeHead(307, { location: '/elsewhere' });
    response.end();
  });
  const client = await createDaemonClient(new FakeIo({ KEYFOB_ADDR: daemon.address, KEYFOB_TOKEN: 'tok' }));
  t.equal((await client.get('/')).status, 307);
  t.equal(daemon.requests.length, 1);
});

test('an answer that does not end in time is given up', async (t) => {
  const clock = new FakeClock();
  const daemon = await startFakeDaemon(t, (_, response) => {
    response.write('begun');
    void clock.advance(30_000);
  });
  const client = await createDaemonClient(new FakeIo({ KEYFOB_ADDR: daemon.address }, { clock }));
  await t.rejects(client.get('/'), { message: `the daemon at ${daemon.address} did not answer in time` });
  t.equal(clock.timers, 0);
});

test('a socket file that no daemon listens at, and none at all', async (t) => {
  const directory = await shortDirectory(t);
  await writeFile(join(directory, 'file'), '');
  for (const name of ['file', 'none']) {
    const address = `unix:${join(directory, name)}`;
    const client = await createDaemonClient(new FakeIo({ KEYFOB_ADDR: address }));
    await t.rejects(client.get('/'), { message: `no daemon answers at ${address} (start one with 'keyfob serve')` });
  }
});

test('what speaks no HTTP is told by its failure', async (t) => {
  const server = createServer((socket) => socket.end('220 mail\r\n')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const bound = server.address();
  const address = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
  const client = await createDaemonClient(new FakeIo({ KEYFOB_ADDR: address }));
  await t.rejects(client.get('/'), { message: /^the connection to the daemon at \S+ failed \(HPE_\w+\)$/ });
});
