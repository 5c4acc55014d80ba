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
