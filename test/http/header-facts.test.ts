import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'tap';
import { Connection } from '../../src/http/connection.ts';
import { headerFactsOf } from '../../src/http/header-facts.ts';

const open = (): Connection => new Connection({ kind: 'api', isUnix: true }, new Socket());

/** A request with these headers, as names and values turn by turn. */
function asking(...headers: readonly string[]): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.rawHeaders.push(...headers);
  for (let at = 0; at < headers.length; at += 2) request.headers[headers[at] ?? ''] = headers[at + 1];
  return request;
}

test("a client's own id is kept if it is well-formed", async (t) => {
  const idOf = (id: string) => headerFactsOf(open(), asking('x-request-id', id)).requestId;
  for (const id of ['a', 'A-z_0.9:x', 'x'.repeat(128)]) t.equal(idOf(id), id);
  for (const id of ['', 'x'.repeat(129), 'a b', 'a\nb', 'a"b', 'é', 'a,b', '<x>']) t.equal(idOf(id), undefined, id);
});

test('the trace', async (t) => {
  const traceOf = (traceparent: string, ...more: readonly string[]) =>
    headerFactsOf(open(), asking('traceparent', traceparent, ...more)).trace;
  const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  const trace = { traceId, spanId, isSampled: true, isRemote: true };
  t.strictSame(traceOf(`00-${traceId}-${spanId}-01`), trace);
  t.strictSame(traceOf(`00-${traceId}-${spanId}-03`), trace, 'only the last bit tells that it is sampled');
  t.strictSame(traceOf(`00-${traceId}-${spanId}-02`), { ...trace, isSampled: false });
  t.strictSame(traceOf(`cc-${traceId}-${spanId}-01-what-comes-later`), trace, 'a version of another day may be longer');
  t.strictSame(traceOf(`00-${traceId}-${spanId}-01`, 'tracestate', 'a=1,b=2'), { ...trace, state: 'a=1,b=2' });
  const broken = [
    'x',
    `00-${traceId}`,
    `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
    `00-${traceId}0-00f067aa0ba902b7-01`,
    traceId,
    `00-${traceId}-${spanId}-01-more`,
    `cc-${traceId}-${spanId}-01more`,
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-0`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-"${traceId.slice(2)}"-00f067aa0ba902b7-01`,
  ];
  for (const traceparent of broken) t.equal(traceOf(traceparent), undefined, traceparent);
});

test('what a connection repeats is not looked at again; anything else is', async (t) => {
  const connection = open();
  const first = headerFactsOf(connection, asking('accept', 'text/plain'));
  t.ok(first.wantsRaw);
  t.equal(headerFactsOf(connection, asking('accept', 'text/plain')), first);
  for (const other of [
    asking('accept', '*/*'),
    asking('Accept', 'text/plain'),
    asking('accept', 'text/plain', 'via', 'x'),
    asking(),
  ])
    t.not(headerFactsOf(connection, other), first);
  t.not(headerFactsOf(connection, asking('accept', 'text/plain')), first, 'only the last ones are kept');
  t.not(headerFactsOf(open(), asking('accept', 'text/plain')), first, 'and only for the connection');
});

test('headers that differ in one name or one value are others', async (t) => {
  const connection = open();
  const first = headerFactsOf(connection, asking('a', '1', 'b', '2'));
  t.equal(headerFactsOf(connection, asking('a', '1', 'b', '2')), first);
  const others = [
    ['x', '1', 'b', '2'],
    ['a', 'x', 'b', '2'],
    ['a', '1', 'x', '2'],
    ['a', '1', 'b', 'x'],
    ['a', '1'],
  ];
  for (const headers of others) {
    headerFactsOf(connection, asking('a', '1', 'b', '2'));
    t.strictSame(headerFactsOf(connection, asking(...headers)).rawHeaders, headers);
  }
});
