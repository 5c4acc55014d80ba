import { test } from 'tap';
import { pollUntilGreen } from '../../src/cli/poll-until-green.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

test('green at once needs no sleep', async (t) => {
  const clock = new FakeClock();
  t.equal(await pollUntilGreen(async () => undefined, clock, 60_000), undefined);
  t.equal(clock.timers, 0);
});

test('asks every 200 ms until it is green', async (t) => {
  const clock = new FakeClock();
  const startMs = clock.monotonicMs();
  const askedAtMs: number[] = [];
  const polled = pollUntilGreen(
    async () => {
      askedAtMs.push(clock.monotonicMs() - startMs);
      return askedAtMs.length === 3 ? undefined : 'red';
    },
    clock,
    60_000,
  );
  await clock.advance(10_000);
  t.equal(await polled, undefined);
  t.strictSame(askedAtMs, [0, 200, 400]);
});

test('ends with the last reason when the time is over, and no attempt is given more than is left', async (t) => {
  const clock = new FakeClock();
  const startMs = clock.monotonicMs();
  const attempts: (readonly [number, number])[] = [];
  const polled = pollUntilGreen(
    async (timeoutMs) => {
      attempts.push([clock.monotonicMs() - startMs, timeoutMs]);
      return `red ${attempts.length}`;
    },
    clock,
    2_300,
  );
  await clock.advance(10_000);
  t.equal(await polled, `red ${attempts.length}`);
  t.strictSame(attempts.slice(0, 3), [
    [0, 2_000],
    [200, 2_000],
    [400, 1_900],
  ]);
  t.strictSame(attempts.slice(-2), [
    [2_200, 100],
    [2_300, 100],
  ]);
  t.equal(clock.timers, 0);
});

test('without any time it still asks once', async (t) => {
  t.equal(await pollUntilGreen(async () => 'red', new FakeClock(), 0), 'red');
});
