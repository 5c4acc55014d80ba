import { test } from 'tap';
import { giveHeadStart } from '../../src/core/head-start.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

test('work that is done in a moment is waited for, and its failure told', async (t) => {
  const clock = new FakeClock();
  await giveHeadStart(clock, Promise.resolve());
  const failure = new TypeError('wrong');
  await t.rejects(giveHeadStart(clock, Promise.reject(failure)), failure);
  t.equal(clock.timers, 0);
});

test('work that hangs is left to itself, its failure too', async (t) => {
  const clock = new FakeClock();
  const { promise, reject } = Promise.withResolvers<void>();
  let isDone = false;
  const waiting = giveHeadStart(clock, promise).then(() => (isDone = true));
  await clock.advance(99);
  t.notOk(isDone);
  await clock.advance(1);
  await waiting;
  t.ok(isDone);
  reject(new TypeError('late'));
  await clock.advance(0);
});
