import { test } from 'tap';
import { health } from '../../src/cli/health.ts';
import { deadAddress, sendProblem, startFakeDaemon } from './fake-daemon.ts';
import { FakeIo } from './fake-io.ts';

test('each probe asks its own route, ready by default', async (t) => {
  const routes: readonly (readonly [readonly string[], string])[] = [
    [[], '/readyz'],
    [['ready'], '/readyz'],
    [['live'], '/livez'],
    [['startup'], '/startupz'],
  ];
  const daemon = await startFakeDaemon(t, (_, response) => response.end('ok'));
  for (const [args] of routes) {
    const io = new FakeIo({ KEYFOB_ADDR: daemon.address });
    t.equal(await health(args, io), 0);
    t.equal(io.out + io.err, '');
  }
  t.strictSame(
    daemon.requests.map(({ url }) => url),
    routes.map(([, route]) => route),
  );
});

test('red is exit 1, with the reason on standard error only', async (t) => {
  const daemon = await startFakeDaemon(t, (_, response) =>
    sendProblem(response, 503, { detail: 'the daemon is draining', code: 'Draining' }),
  );
  const io = new FakeIo({ KEYFOB_ADDR: daemon.address });
  t.equal(await health([], io), 1);
  t.equal(io.out, '');
  t.equal(io.err, 'keyfob: the daemon is draining (Draining)\n');
});

test('a dead daemon is exit 1', async (t) => {
  const io = new FakeIo({ KEYFOB_ADDR: await deadAddress() });
  t.equal(await health(['live'], io), 1);
  t.equal(io.out, '');
});

test('an unknown probe is a wrong use', async (t) => {
  const io = new FakeIo({});
  t.equal(await health(['reddy'], io), 2);
  t.equal(io.err, "keyfob: unknown probe 'reddy'; did you mean 'ready'?\nusage: keyfob health [live|ready|startup]\n");
  const other = new FakeIo({});
  t.equal(await health(['constructor'], other), 2);
  t.match(other.err, "keyfob: unknown probe 'constructor'\n");
});
