import Fastify from 'fastify';
import { type Test, test } from 'tap';
import { createLoadReader, type Load, shedLoad } from '../../src/http/load-shedding.ts';
import { sendProblem } from '../../src/http/send-problem.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const calm: Load = { loopDelayMs: 1_000, heapShare: 0.9 };

function setUp(t: Test) {
  const clock = new FakeClock();
  const app = Fastify();
  t.teardown(() => app.close());
  let load = calm;
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, error));
  shedLoad(app, { clock, readLoad: () => load });
  app.get('/work', async () => 'done');
  app.get('/health', { config: { isSpared: true } }, async () => 'ok');
  const become = async (next: Load): Promise<void> => {
    load = next;
    await clock.advance(1_000);
  };
  return { app, clock, become };
}

test('under too much load requests are refused for the time being, but for spared routes', async (t) => {
  const { app, become } = setUp(t);
  t.equal((await app.inject('/work')).statusCode, 200, 'before the first sample');
  for (const load of [
    { ...calm, loopDelayMs: 1_001 },
    { ...calm, loopDelayMs: Infinity },
    { ...calm, heapShare: 0.91 },
  ]) {
    await become(load);
    const refusal = await app.inject('/work');
    t.match([refusal.statusCode, refusal.headers['retry-after'], refusal.json().code], [503, '1', 'Overloaded']);
    t.equal((await app.inject('/health')).statusCode, 200);
    await become(calm);
    t.equal((await app.inject('/work')).statusCode, 200, 'at the limits it serves');
  }
});

test('it ends with the app', async (t) => {
  const { app, clock, become } = setUp(t);
  await become(calm);
  t.equal(clock.timers, 1);
  await app.close();
  t.equal(clock.timers, 0);
});

test('the load of this process is read without a file', async (t) => {
  const { memoryUsage } = process;
  const full = (): never => {
    throw new Error('EMFILE');
  };
  process.memoryUsage = Object.assign(full, { rss: full });
  t.teardown(() => (process.memoryUsage = memoryUsage));
  const read = createLoadReader();
  t.equal(read().loopDelayMs, Infinity, 'no sample: it stood still');
  await new Promise((resolve) => setTimeout(resolve, 60));
  const { loopDelayMs, heapShare } = read();
  t.ok(loopDelayMs < 1_000, String(loopDelayMs));
  t.ok(heapShare > 0 && heapShare < 0.9, String(heapShare));
});
