import Fastify from 'fastify';
import { type Test, test } from 'tap';
import type { AccessContext } from '../../src/core/access-context.ts';
import { createRequestIds, toAccessContext } from '../../src/http/request-context.ts';

test("a client's own id is kept if it is well-formed", async (t) => {
  const nextId = createRequestIds();
  for (const id of ['a', 'A-z_0.9:x', 'x'.repeat(128)]) t.equal(nextId({ 'x-request-id': id }), id);
  for (const id of ['', 'x'.repeat(129), 'a b', 'a\nb', 'a"b', 'é', 'a,b', '<x>'])
    t.not(nextId({ 'x-request-id': id }), id);
});

test('ids of ours are well-formed, and never the same twice', async (t) => {
  const [one, other] = [createRequestIds(), createRequestIds()];
  const ids = Array.from({ length: 100 }, () => [one({}), other({})]).flat();
  t.equal(new Set(ids).size, 200);
  for (const id of ids) t.match(id, /^[\w.:-]{1,128}$/);
});

async function contextOf(t: Test, headers: Readonly<Record<string, string>>): Promise<AccessContext | undefined> {
  const app = Fastify({ genReqId: () => 'r1' });
  t.teardown(() => app.close());
  const seen: AccessContext[] = [];
  app.get('/', (request, reply) => {
    seen.push(toAccessContext(request));
    reply.send('');
  });
  await app.inject({ url: '/', headers, remoteAddress: '127.0.0.9' });
  return seen[0];
}

test('who asks, from where, under which request and trace', async (t) => {
  const anonymous = { caller: 'anonymous', source: '127.0.0.9', requestId: 'r1' };
  t.strictSame(await contextOf(t, {}), anonymous);
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
  t.strictSame(await contextOf(t, { traceparent }), { ...anonymous, traceId });
  const broken = [
    'x',
    `00-${traceId}`,
    `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
    `00-${traceId}0-00f067aa0ba902b7-01`,
    traceId,
    `00-"${traceId.slice(2)}"-00f067aa0ba902b7-01`,
  ];
  for (const traceparent of broken) t.strictSame(await contextOf(t, { traceparent }), anonymous, traceparent);
});
