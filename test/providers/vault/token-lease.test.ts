import { test } from 'tap';
import { Redacted } from '../../../src/core/redacted.ts';
import { backoffMs } from '../../../src/core/backoff.ts';
import {
  careDelayMs,
  extendTokenLease,
  hasEnded,
  retryDelayMs,
  toTokenLease,
} from '../../../src/providers/vault/token-lease.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const DAY_MS = 86_400_000;
const token = new Redacted('t');
const clock = new FakeClock();
const now = clock.monotonicMs();

test('when a lease is looked after', (t) => {
  const renewable = toTokenLease({ token, leaseMs: 60_000, renewable: true }, now);
  t.equal(
    careDelayMs(renewable, clock, () => 0),
    36_000,
  );
  t.equal(Math.round(careDelayMs(renewable, clock, () => 1) ?? 0), 40_000);
  const fixed = toTokenLease({ token, leaseMs: 60_000, renewable: false }, now);
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
  const lease = toTokenLease({ token, leaseMs: 0, renewable: false }, now);
  t.equal(
    careDelayMs(lease, clock, () => 0),
    undefined,
  );
  t.notOk(hasEnded(lease, clock));
  t.end();
});

test('a lease of a month is looked after as late, and one that is over not more than once a second', (t) => {
  const month = toTokenLease({ token, leaseMs: 30 * DAY_MS, renewable: false }, now);
  t.equal(
    careDelayMs(month, clock, () => 1),
    27 * DAY_MS,
  );
  const over = toTokenLease({ token, leaseMs: 10, renewable: true }, now - 20);
  t.ok(hasEnded(over, clock));
  t.equal(
    careDelayMs(over, clock, () => 0),
    1_000,
  );
  t.end();
});

test('a lease that a renewal cuts short is not renewed again', (t) => {
  const lease = toTokenLease({ token, leaseMs: 60_000, renewable: true }, now);
  t.ok(extendTokenLease(lease, { token, leaseMs: 60_000, renewable: true }, now).renewable);
  t.notOk(extendTokenLease(lease, { token, leaseMs: 50_000, renewable: true }, now).renewable);
  t.notOk(extendTokenLease(lease, { token, leaseMs: 60_000, renewable: false }, now).renewable);
  t.equal(
    extendTokenLease(lease, { token: new Redacted('same'), leaseMs: 50_000, renewable: true }, now).grantedMs,
    60_000,
  );
  t.end();
});

test('the backoff doubles from 1 s to its maximum, less up to half by chance', (t) => {
  t.same(
    [1, 2, 3, 9, 10, 2_000].map((failures) => backoffMs(failures, 300_000, () => 0)),
    [1_000, 2_000, 4_000, 256_000, 300_000, 300_000],
  );
  t.equal(
    backoffMs(1, 300_000, () => 1),
    500,
  );
  t.end();
});

test('a renewal that failed is tried again every half a minute at least, and before the lease ends', (t) => {
  const delaysOf = (leaseMs: number, failures: readonly number[]): number[] => {
    const lease = toTokenLease({ token, leaseMs, renewable: true }, now);
    return failures.map((count) => retryDelayMs(lease, count, { clock, random: () => 0 }));
  };
  t.same(delaysOf(3_600_000, [1, 2, 6, 20]), [1_000, 2_000, 30_000, 30_000]);
  t.same(delaysOf(20_000, [6]), [10_000], 'half of what is left');
  t.same(delaysOf(500, [6]), [1_000]);
  t.same(delaysOf(0, [6]), [30_000], 'without an end');
  t.end();
});
