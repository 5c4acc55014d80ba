import { test } from 'tap';
import { list } from '../../src/cli/list.ts';
import { sendProblem, startFakeDaemon } from './fake-daemon.ts';
import { FakeIo } from './fake-io.ts';

const queryOf = (url = ''): URLSearchParams => new URL(url, 'http://x').searchParams;

const threePages = (t: Parameters<typeof startFakeDaemon>[0]) =>
  startFakeDaemon(t, (request, response) => {
    const cursor = queryOf(request.url).get('cursor');
    if (cursor === null) response.end('{"secrets":[{"path":"a","tags":{"k":"v"}},{"path":"b"}],"nextCursor":"1&"}');
    else if (cursor === '1&') response.end('{"secrets":[],"nextCursor":"2"}');
    else response.end('{"secrets":[{"path":"c"}]}');
  });

test('prints one path a line, over all pages', async (t) => {
  const daemon = await threePages(t);
  const io = new FakeIo({ KEYFOB_ADDR: daemon.address });
  t.equal(await list([], io), 0);
  t.equal(io.out, 'a\nb\nc\n');
  t.equal(io.err, '');
  t.strictSame(
    daemon.requests.map(({ url }) => queryOf(url).get('cursor')),
    [null, '1&', '2'],
  );
});

test('prefix, tags and provider are in the query of every page', async (t) => {
  const daemon = await threePages(t);
  const io = new FakeIo({ KEYFOB_ADDR: daemon.address });
  t.equal(await list(['db/', '--tag', 'a=b=c', '--tag', 'd=', '--provider', 'vault'], io), 0);
  t.equal(daemon.requests.length, 3);
  for (const { url } of daemon.requests) {
    t.equal(queryOf(url).get('prefix'), 'db/');
    t.equal(queryOf(url).get('provider'), 'vault');
    t.equal(queryOf(url).get('limit'), '1000');
    t.strictSame(queryOf(url).getAll('tag'), ['a=b=c', 'd=']);
  }
});

test('--json prints one document', async (t) => {
  const daemon = await threePages(t);
  const io = new FakeIo({ KEYFOB_ADDR: daemon.address });
  t.equal(await list(['--json'], io), 0);
  t.strictSame(JSON.parse(io.out), { secrets: [{ path: 'a', tags: { k: 'v' } }, { path: 'b' }, { path: 'c' }] });
});

test('a problem on a later page fails the command', async (t) => {
  const daemon = await startFakeDaemon(t, (request, response) => {
    if (queryOf(request.url).has('cursor')) sendProblem(response, 503, { detail: 'down', code: 'ProviderUnavailable' });
    else response.end('{"secrets":[{"path":"a"}],"nextCursor":"1"}');
  });
  const io = new FakeIo({ KEYFOB_ADDR: daemon.address });
  t.equal(await list(['--json'], io), 1);
  t.equal(io.out, '');
  t.equal(io.err, 'keyfob: down (ProviderUnavailable)\n');
});

test('a cursor that leads to itself ends the list', async (t) => {
  const daemon = await startFakeDaemon(t, (_, response) => response.end('{"secrets":[],"nextCursor":"1"}'));
  const io = new FakeIo({ KEYFOB_ADDR: daemon.address });
  t.equal(await list([], io), 1);
  t.equal(io.err, 'keyfob: the list does not end\n');
  t.equal(daemon.requests.length, 2);
});

test('an answer that is no list is told', async (t) => {
  for (const body of ['<html>', '[]', '{"secrets":{}}', '{"secrets":[],"nextCursor":1}', '{"secrets":[{}]}']) {
    const daemon = await startFakeDaemon(t, (_, response) => response.end(body));
    const io = new FakeIo({ KEYFOB_ADDR: daemon.address });
    t.equal(await list([], io), 1, body);
    t.equal(io.err, 'keyfob: the daemon did not answer with a list\n');
  }
});

test('a tag without a key is a wrong use', async (t) => {
  for (const tag of ['team', '=shop']) {
    const io = new FakeIo({});
    t.equal(await list(['--tag', tag], io), 2);
    t.match(io.err, `keyfob: tag '${tag}' is not written 'KEY=VALUE'\nusage: keyfob list `);
  }
});
