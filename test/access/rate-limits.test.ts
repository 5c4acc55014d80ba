import { test } from 'tap';
import { RateLimits } from '../../src/access/rate-limits.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

function setUp() {
  const clock = new FakeClock();
  const limits = new RateLimits([{ name: 'web', rateLimit: { perSecond: 2, burst: 3 } }, { name: 'free' }], clock);
  const admitted = (caller = 'web'): number => {
    for (let count = 0; ; count++) {
      try {
        if (count === 100) return count;
        limits.admit(caller);
      } catch {
        return count;
      }
    }
  };
  return { clock, limits, admitted };
}

test('at once as many as the burst, then as many as are earned', async (t) => {
  const { clock, admitted } = setUp();
  t.equal(admitted(), 3);
  await clock.advance(499);
  t.equal(admitted(), 0);
  await clock.advance(1);
  t.equal(admitted(), 1);
  await clock.advance(60_000);
  t.equal(admitted(), 3, 'no more than the burst is saved');
});

test('the refusal says when', async (t) => {
  const { clock, limits, admitted } = setUp();
  admitted();
  const expected = { code: 'CallerRateLimited', retryable: true, message: "caller 'web' asks too often" };
  t.throws(() => limits.admit('web'), { ...expected, details: { retryAfterMs: 500 } });
  await clock.advance(200);
  t.throws(() => limits.admit('web'), { ...expected, details: { retryAfterMs: 300 } });
});

test('what a request asks for beyond one is owed', async (t) => {
  const { clock, limits, admitted } = setUp();
  limits.admit('web');
  limits.charge('web', 5);
  t.throws(() => limits.admit('web'), { code: 'CallerRateLimited', details: { retryAfterMs: 2_000 } });
  await clock.advance(1_999);
  t.equal(admitted(), 0);
  await clock.advance(1);
  t.equal(admitted(), 1);
  limits.charge('web', 0);
  limits.charge('web', -5);
  t.equal(admitted(), 0, 'nothing is given back');
});

test('what is owed is owed after a quiet time, too', async (t) => {
  const { clock, limits, admitted } = setUp();
  await clock.advance(60_000);
  limits.charge('web', 1);
  t.equal(admitted(), 2);
  await clock.advance(60_000);
  limits.charge('web', 5);
  t.equal(admitted(), 0);
});

test('one without a limit has none, and takes nothing from another', async (t) => {
  const { limits, admitted } = setUp();
  limits.charge('free', 1_000);
  t.equal(admitted('free'), 100);
  t.equal(admitted('stranger'), 100);
  t.equal(admitted(), 3);
});
