import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'tap';
import { Connection } from '../../src/http/connection.ts';

function setUp() {
  const connection = new Connection({ kind: 'api', isUnix: false }, new Socket());
  const ask = (isWhole: boolean) => {
    const request = new IncomingMessage(new Socket());
    request.complete = isWhole;
    const response = new ServerResponse(request);
    let isFinished = false;
    Object.defineProperty(response, 'writableFinished', { get: () => isFinished });
    connection.asked(response);
    return () => (isFinished = true);
  };
  return { connection, ask };
}

test('no answer is due on a silent one, an answered one, and one whose only request never came whole', async (t) => {
  const { connection, ask } = setUp();
  t.ok(connection.isUnasked());
  const answer = ask(true);
  t.notOk(connection.isUnasked());
  ask(false);
  t.notOk(connection.isUnasked(), 'the one before is not answered');
  answer();
  t.ok(connection.isUnasked());
});

test('idle is what has had its answers and has asked nothing since the last look', async (t) => {
  const { connection, ask } = setUp();
  t.notOk(connection.isIdle(), 'one that has asked nothing yet is for the time-out of headers');
  const answer = ask(true);
  t.notOk(connection.isIdle());
  t.notOk(connection.isIdle(), 'its answer is due');
  answer();
  t.ok(connection.isIdle());
  ask(true)();
  t.notOk(connection.isIdle(), 'it was used since');
  t.ok(connection.isIdle());
});

test('so many may wait for their answers; the first that is too many is told so, and no other', async (t) => {
  const connection = new Connection({ kind: 'api', isUnix: false }, new Socket());
  const responses = Array.from({ length: 103 }, () => new ServerResponse(new IncomingMessage(new Socket())));
  const welcomes = responses.map((response) => connection.asked(response));
  t.same([welcomes.indexOf('excess'), welcomes.lastIndexOf('welcome'), welcomes.at(-1)], [100, 99, 'ignored']);
});

test('what was answered whole when its handler returned is let go of', async (t) => {
  const socket = new Socket();
  let unread = 0;
  Object.defineProperty(socket, 'writableLength', { get: () => unread });
  const handled = (state: { readonly writableEnded?: boolean; readonly socket?: Socket | null }): boolean => {
    const connection = new Connection({ kind: 'api', isUnix: false }, socket);
    const response = new ServerResponse(Object.assign(new IncomingMessage(socket), { complete: true }));
    for (const [name, value] of Object.entries({ writableEnded: true, socket, ...state }))
      Object.defineProperty(response, name, { value });
    connection.asked(response);
    connection.handled(response);
    return connection.isUnasked();
  };
  t.ok(handled({}));
  t.notOk(handled({ writableEnded: false }), 'it goes on');
  t.notOk(handled({ socket: null }), 'one before it is not answered yet');
  unread = 5;
  t.notOk(handled({}), 'some of it has not gone out');
});

test('one that does not read its answer is idle, too', async (t) => {
  const socket = new Socket();
  let unread = 5;
  Object.defineProperty(socket, 'writableLength', { get: () => unread });
  const connection = new Connection({ kind: 'api', isUnix: false }, socket);
  connection.asked(new ServerResponse(new IncomingMessage(new Socket())));
  t.notOk(connection.isIdle());
  unread = 4;
  t.notOk(connection.isIdle(), 'it has read some');
  t.ok(connection.isIdle());
});
