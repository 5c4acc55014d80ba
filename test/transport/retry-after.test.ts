import { test } from 'tap';
import { retryAfter } from '../../src/transport/retry-after.ts';

test('seconds, a date, or nothing', (t) => {
  const of = (value: string): object => retryAfter(new Map([['retry-after', value]]), Date.UTC(2026, 0, 1));
  t.same(of('7'), { retryAfterMs: 7_000 });
  t.same(of('0'), { retryAfterMs: 0 });
  t.same(of('Thu, 01 Jan 2026 00:00:30 GMT'), { retryAfterMs: 30_000 });
  t.same(of('Thu, 01 Jan 2025 00:00:30 GMT'), { retryAfterMs: 0 });
  t.same(of('soon'), {});
  t.same(retryAfter(new Map(), 0), {});
  t.end();
});
