import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'tap';
import { wait } from '../../src/cli/wait.ts';
import { systemClock, type Clock } from '../../src/core/clock.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { deadAddress, sendProblem, startFakeDaemon } from './fake-daemon.ts';
import { FakeIo } from './fake-io.ts';

/** Skips the sleeps between polls; the time-outs of requests never fire. */
const skippingClock: Clock = {
  ...systemClock,
  after: (delayMs, action) => {
    if (delayMs === 200) setImmediate(action);
    return { cancel: () => {} };
  },
};

test('polls until the start is complete and the daemon ready', async (t) => {
  const polls = new Map([
    ['/startupz', 3],
    ['/readyz', 2],
  ]);
  const daemon = await startFakeDaemon(t, ({ url = '' }, response) => {
    const left = (polls.get(url) ?? 0) - 1;
    polls.set(url, left);
    if (left > 0) sendProblem(response, 503, { detail: 'not yet', code: 'Draining' });
    else response.end('ok');
  });
  const io = new FakeIo({ KEYFOB_ADDR: daemon.address }, { clock: skippingClock });
  t.equal(await wait(['--timeout', '1h'], io), 0);
  t.equal(io.out + io.err, '');
  t.strictSame(
    daemon.requests.map(({ url }) => url),
    ['/startupz', '/startupz', '/startupz', '/readyz', '/startupz', '/readyz'],
  );
});

test('a daemon that does not get ready is exit 1 with the last reason', async (t) => {
  const daemon = await startFakeDaemon(t, (_, response) =>
    sendProblem(response, 503, { detail: 'the daemon is draining', code: 'Draining' }),
  );
  const io = new FakeIo({ KEYFOB_ADDR: daemon.address }, { clock: skippingClock });
  t.equal(await wait(['--timeout', '0s'], io), 1);
  t.equal(
    io.err,
    `keyfob: the daemon at ${daemon.address} was not ready within 0s: the daemon is draining (Draining)\n`,
  );
});

test('a daemon that hangs is given up', async (t) => {
  const clock = new FakeClock();
  const daemon = await startFakeDaemon(t, () => void clock.advance(3_000));
  const io = new FakeIo({ KEYFOB_ADDR: daemon.address }, { clock });
  t.equal(await wait(['--timeout', '1s'], io), 1);
  t.equal(
    io.err,
    `keyfob: the daemon at ${daemon.address} was not ready within 1s: the daemon at ${daemon.address} did not answer in time\n`,
  );
  t.equal(clock.timers, 0);
});

test('a wrong time-out is a wrong use', async (t) => {
  const io = new FakeIo({});
  t.equal(await wait(['--timeout', 'soon'], io), 2);
  t.match(io.err, "keyfob: '--timeout' is no duration such as '60s': 'soon'\nusage: keyfob wait ");
});

test('a wrong environment is told at once', async (t) => {
  const io = new FakeIo({ KEYFOB_ADDR: 'localhost' });
  t.equal(await wait([], io), 2);
  t.match(io.err, /^keyfob: 'KEYFOB_ADDR' is neither /);
});

test('the process lives until the end of the wait', async (t) => {
  const script = `
    import { wait } from ${JSON.stringify(new URL('../../src/cli/wait.ts', import.meta.url).href)};
    import { systemClock as clock } from ${JSON.stringify(new URL('../../src/core/clock.ts', import.meta.url).href)};
    const io = { env: process.env, clock, isTty: false, stdout() {}, stderr: (text) => process.stderr.write(text) };
    process.exitCode = await wait(['--timeout', '300ms'], io);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { KEYFOB_ADDR: await deadAddress() },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  t.equal(code, 1);
  t.match(err, /was not ready within 300ms: no daemon answers at /);
});
