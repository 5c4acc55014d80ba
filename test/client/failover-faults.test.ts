import { setImmediate as settled } from 'node:timers/promises';
import { test } from 'tap';
import { AuthenticationError } from '../../src/core/errors/authentication-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import type { BatchReader } from '../../src/core/provider.ts';
import { CallBudget } from '../../src/resilience/call-budget.ts';
import { textSecret } from '../fakes/secrets.ts';
import {
  ATTEMPT_MS,
  atOnce,
  breakerTime,
  context,
  createClientRig,
  DEADLINE_MS,
  only,
  RESET_MS,
  told,
  TTL_MS,
} from './client-rig.ts';
import { createPair, down, serve } from './failover-rig.ts';

const throttled = new ProviderError('RateLimited', 'x');

test('a first source that hangs makes no difference to a fresh value of the second: it is served, and not as stale', async (t) => {
  for (const isKnown of [false, true]) {
    const rig = createPair({ cache: { ttlMs: 10_000 } });
    if (isKnown) await rig.read();
    await rig.clock.advance(10_000);
    rig.provider.failWith(throttled);
    t.same(told(await rig.read()), ['miss', 'second of a']);
    // The next attempt at the first is due, the value of the second is still fresh.
    await rig.clock.advance(5_000);
    rig.provider.hang();
    const reading = Promise.resolve(rig.read()).then(told);
    await rig.clock.advance(ATTEMPT_MS);
    t.same(await reading, ['hit', 'second of a'], isKnown ? 'the first has an expired value' : 'the first has none');
  }
});

test('a first source that throttles is not asked at each read of a value that the second has', async (t) => {
  for (const error of [throttled, new AuthenticationError('InvalidCredentials', 'x')]) {
    const rig = createPair();
    rig.provider.failWith(error);
    const reads: Promise<unknown>[] = [];
    for (let count = 0; count < 20; count++) {
      reads.push(Promise.resolve(rig.read()));
      await rig.clock.advance(100);
    }
    const [first, second] = rig.asked();
    t.equal(second, 1);
    t.ok(first <= 2, `the first was asked ${first} times in 2 s`);
    await rig.clock.advance(3 * DEADLINE_MS);
    await Promise.all(reads);
  }
});

test('a reader does not queue for the budget of a throttling first source while the second can answer', async (t) => {
  const rig = createPair({ budget: { perSecond: 1, burst: 1 } });
  rig.provider.failWith(throttled);
  const startMs = rig.clock.monotonicMs();
  const reads = [1, 2, 3, 4, 5].map(async (index) => {
    await rig.read({ path: `a${index}` });
    return rig.clock.monotonicMs() - startMs;
  });
  // The second has all the budget it needs.
  Object.assign(only(rig.sources, 1), {
    budget: new CallBudget({ name: 'backup', clock: rig.clock, perSecond: 50, burst: 500 }),
  });
  await rig.clock.advance(2 * DEADLINE_MS);
  const slowest = Math.max(...(await Promise.all(reads)));
  t.ok(slowest <= ATTEMPT_MS, `the slowest took ${slowest} ms`);
});

test('a read ends within the deadline, however many sources it asks', async (t) => {
  const rig = createPair();
  rig.provider.hang();
  rig.backup.hang();
  const startMs = rig.clock.monotonicMs();
  const failed = Promise.resolve(rig.read()).catch(() => rig.clock.monotonicMs() - startMs);
  await rig.clock.advance(3 * DEADLINE_MS);
  const ms = Number(await failed);
  t.ok(ms <= DEADLINE_MS, `it took ${ms} ms`);
});

test('`fresh` ends within the deadline, even behind a question that hangs', async (t) => {
  const rig = createClientRig();
  rig.provider.hang();
  const older = t.rejects(Promise.resolve(rig.read()));
  await rig.clock.advance(100);
  const startMs = rig.clock.monotonicMs();
  const failed = Promise.resolve(rig.read({ fresh: true })).catch(() => rig.clock.monotonicMs() - startMs);
  await rig.clock.advance(3 * DEADLINE_MS);
  await older;
  const ms = Number(await failed);
  t.ok(ms <= DEADLINE_MS, `it took ${ms} ms`);
});

test('a gathered read whose first source fails gets its answer from the second', async (t) => {
  const rig = createPair();
  rig.provider.failWith(down);
  const batch: BatchReader = {
    maxSize: 20,
    takes: () => true,
    get: async (locations) => locations.map(({ id }) => textSecret(`second of ${id}`)),
  };
  Object.assign(rig.backup, { batch });
  const answers = rig.pipeline.secrets.readAll([{ path: 'a' }, { path: 'b' }], { context });
  await rig.clock.advance(DEADLINE_MS);
  const all = Promise.all(answers.map(async (answer) => answer)).then((each) => each.map(told));
  t.same(await Promise.race([all, settled('hangs')]), [
    ['miss', 'second of a'],
    ['miss', 'second of b'],
  ]);
});

test('a reader whose expired value is gone when his patience ends waits for the answer', async (t) => {
  const rig = createClientRig({ cache: { maxStaleMs: TTL_MS + 300 } });
  await rig.read();
  await rig.clock.advance(TTL_MS);
  const store = rig.provider.hold();
  const reading = Promise.resolve(rig.read()).then(told, (error: unknown) => error);
  await rig.clock.advance(600);
  store.answer(textSecret('new'));
  await rig.clock.advance(0);
  t.same(await reading, ['miss', 'new']);
});

test('a first source whose health check is refused or throttled is asked again, some time', async (t) => {
  const pass = breakerTime(t);
  for (const error of [throttled, new AuthenticationError('TokenRefreshFailed', 'x')]) {
    const rig = createPair();
    rig.provider.failWith(down);
    for (let count = 0; count < 5; count++) await rig.read({ path: `other${count}` });
    t.equal(rig.source.breaker.state, 'open');
    rig.provider.health = () => Promise.reject(error);
    await pass(rig, RESET_MS);
    rig.provider.health = () => Promise.resolve([]);
    serve(rig.provider, 'back');
    for (let count = 0; count < 10; count++) await pass(rig, RESET_MS);
    t.same(told(await rig.read({ path: 'new' })), ['miss', 'back of new'], error.code);
    rig.source.breaker.close();
  }
});

test('an expired value does not answer for ever when a health check was throttled', async (t) => {
  const pass = breakerTime(t);
  const rig = createClientRig();
  await rig.read();
  await rig.clock.advance(TTL_MS);
  rig.provider.failWith(down);
  for (let count = 0; count < 5; count++) {
    const read = Promise.resolve(rig.read({ path: `other${count}` })).catch(() => undefined);
    await rig.clock.advance(DEADLINE_MS);
    await read;
  }
  rig.provider.health = () => Promise.reject(throttled);
  await pass(rig, RESET_MS);
  rig.provider.health = () => Promise.resolve([]);
  rig.provider.onGet = () => textSecret('new');
  t.same(told(atOnce(rig.read())), ['stale', 'value of a']);
  for (let count = 0; count < 2; count++) await pass(rig, RESET_MS);
  t.same(told(await rig.read()), ['hit', 'new']);
  rig.source.breaker.close();
});

test('an expired value of the second source is counted as a failover, too', async (t) => {
  const rig = createPair({ cache: { ttlMs: 10_000 } });
  rig.provider.failWith(throttled);
  await rig.read();
  rig.backup.failWith(down);
  await rig.clock.advance(10_000);
  t.same(told(await rig.read()), ['stale', 'second of a']);
  t.same(await rig.samples('secrets_failover_served_total'), ['secrets_failover_served_total{provider="backup"} 2']);
  await rig.clock.advance(DEADLINE_MS);
});
