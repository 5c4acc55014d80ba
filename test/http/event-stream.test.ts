import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { EventStream } from '../../src/http/event-stream.ts';
import { until } from '../e2e/until.ts';

const none = new Array<string>().values();

interface Connection {
  readonly response: ServerResponse;
  readonly client: Socket;
  /** What has come, headers included. */
  readonly received: () => string;
}

/** A response under way to a client that reads, or does not. */
async function connection(t: Test, isReading = true): Promise<Connection> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const address = server.address();
  const client = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
  t.teardown(() => client.destroy());
  client.on('error', () => undefined);
  let received = '';
  if (isReading) client.on('data', (chunk) => (received += chunk.toString()));
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const [, response] = await once(server, 'request');
  return { response, client, received: () => received };
}

test('what was missed goes first, then what happens', async (t) => {
  const { response, received } = await connection(t);
  let ends = 0;
  const stream = new EventStream({ response, missed: ['1;', '2;'].values(), onEnd: () => ends++ });
  stream.send('3;');
  await until('it came', () => received().includes('3;') || undefined);
  t.match(received(), /1;[^]*2;[^]*3;/);
  stream.end();
  await once(response, 'close');
  stream.send('4;');
  await turn();
  t.equal(ends, 1);
  t.notMatch(received(), '4;');
});

test('a reader that leaves ends it', async (t) => {
  const { response, client } = await connection(t);
  let ends = 0;
  const stream = new EventStream({ response, missed: none, onEnd: () => ends++ });
  client.destroy();
  await until('it has ended', () => ends === 1 || undefined);
  stream.send('nobody hears it');
  stream.end();
});

test('what was missed goes at the pace of the reader, however much it is', async (t) => {
  const { response, received } = await connection(t);
  let made = 0;
  function* many(): Generator<string, undefined> {
    for (made = 0; made < 3_000; made++) yield `${made} ${'x'.repeat(1_000)};`;
  }
  const stream = new EventStream({ response, missed: many(), onEnd: () => undefined });
  t.ok(made < 3_000, 'not all at once');
  stream.send('the end');
  await until('all came', () => received().includes('the end') || undefined);
  t.equal(made, 3_000);
  t.notOk(response.destroyed);
});

test('a reader that takes nothing is cut off when more than 64 KiB wait, not before', async (t) => {
  const { response } = await connection(t, false);
  let ends = 0;
  const stream = new EventStream({ response, missed: none, onEnd: () => ends++ });
  const text = 'x'.repeat(1_023) + ';';
  // Until the connection itself takes no more.
  while (!response.writableNeedDrain) {
    stream.send(text);
    await turn();
  }
  for (let waiting = 1; waiting <= 64; waiting++) {
    stream.send(text);
    await turn();
    t.equal(response.destroyed, false, String(waiting));
  }
  stream.send(text);
  t.ok(response.destroyed);
  await until('it has ended', () => ends === 1 || undefined);
});

test('a reader that takes nothing does not hold back the end', async (t) => {
  const { response } = await connection(t, false);
  const stream = new EventStream({ response, missed: none, onEnd: () => undefined });
  while (!response.writableNeedDrain) {
    stream.send('x'.repeat(60_000));
    await turn();
  }
  stream.end();
  t.ok(response.destroyed);
});
