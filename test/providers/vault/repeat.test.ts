import { test } from 'tap';
import { repeat } from '../../../src/providers/vault/repeat.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

test('work is repeated with pauses, until it is cancelled', async (t) => {
  const clock = new FakeClock();
  let count = 0;
  const timer = repeat(clock, 1_000, async () => void count++);
  t.equal(count, 0, 'a pause comes first');
  await clock.advance(2_500);
  t.equal(count, 2);
  timer.cancel();
  await clock.advance(5_000);
  t.equal(count, 2);
  t.equal(clock.timers, 0);
});

test('work that is cancelled under way is the last', async (t) => {
  const clock = new FakeClock();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = repeat(clock, 1_000, () => promise);
  await clock.advance(1_000);
  timer.cancel();
  resolve();
  await clock.advance(1_000);
  t.equal(clock.timers, 0);
});
