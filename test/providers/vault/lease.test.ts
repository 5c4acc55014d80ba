import { test } from 'tap';
import { Redacted } from '../../../src/core/redacted.ts';
import { backoffMs } from '../../../src/providers/vault/backoff.ts';
import { careDelayMs, extendLease, hasEnded, toLease } from '../../../src/providers/vault/lease.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const DAY_MS = 86_400_000;
const token = new Redacted('t');
const clock = new FakeClock();
const now = clock.monotonicMs();

test('when a lease is looked after', (t) => {
  const renewable = toLease({ token, leaseMs: 60_000, renewable: true }, now);
  t.equal(
    careDelayMs(renewable, clock, () => 0),
    36_000,
  );
  t.equal(Math.round(careDelayMs(renewable, clock, () => 1) ?? 0), 40_000);
  const fixed = toLease({ token, leaseMs: 60_000, renewable: false }, now);
  t.equal(
    careDelayMs(fixed, clock, () => 0),
    48_000,
  );
  t.equal(
    careDelayMs(fixed, clock, () => 1),
    54_000,
  );
  t.end();
});

test('a lease without end needs no care', (t) => {
  const lease = toLease({ token, leaseMs: 0, renewable: false }, now);
  t.equal(
    careDelayMs(lease, clock, () => 0),
    undefined,
  );
  t.notOk(hasEnded(lease, clock));
  t.end();
});

test('neither the timers of Node.js nor the store are overrun', (t) => {
  const month = toLease({ token, leaseMs: 32 * DAY_MS, renewable: false }, now);
  t.equal(
    careDelayMs(month, clock, () => 1),
    20 * DAY_MS,
  );
  const over = toLease({ token, leaseMs: 10, renewable: true }, now - 20);
  t.ok(hasEnded(over, clock));
  t.equal(
    careDelayMs(over, clock, () => 0),
    1_000,
  );
  t.end();
});

test('a lease that a renewal cuts short is not renewed again', (t) => {
  const lease = toLease({ token, leaseMs: 60_000, renewable: true }, now);
  t.ok(extendLease(lease, { token, leaseMs: 60_000, renewable: true }, now).renewable);
  t.notOk(extendLease(lease, { token, leaseMs: 50_000, renewable: true }, now).renewable);
  t.notOk(extendLease(lease, { token, leaseMs: 60_000, renewable: false }, now).renewable);
  t.equal(extendLease(lease, { token: new Redacted('same'), leaseMs: 50_000, renewable: true }, now).grantedMs, 60_000);
  t.end();
});

test('the backoff doubles from 1 s to 5 min, less up to half by chance', (t) => {
  t.same(
    [1, 2, 3, 9, 10, 2_000].map((failures) => backoffMs(failures, () => 0)),
    [1_000, 2_000, 4_000, 256_000, 300_000, 300_000],
  );
  t.equal(
    backoffMs(1, () => 1),
    500,
  );
  t.end();
});
