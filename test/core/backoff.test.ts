import { test } from 'tap';
import { backoffMs } from '../../src/core/backoff.ts';

test('doubles from a second up to the bound', async (t) => {
  const certain = (): number => 0;
  t.same(
    [1, 2, 3, 6, 7, 60].map((failures) => backoffMs(failures, 60_000, certain)),
    [1_000, 2_000, 4_000, 32_000, 60_000, 60_000],
  );
});

test('less up to half by chance', async (t) => {
  t.equal(
    backoffMs(1, 60_000, () => 1),
    500,
  );
});
