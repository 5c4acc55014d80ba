import { test } from 'tap';
import { pageOf } from '../../src/core/page-of.ts';

const page = (items: readonly string[], limit: number): unknown => pageOf(items, limit, (item) => item);

test('a cursor only when more follows', async (t) => {
  t.same(page([], 1), { items: [] });
  t.same(page(['a', 'b'], 2), { items: ['a', 'b'] });
  t.same(page(['a', 'b', 'c'], 2), { items: ['a', 'b'], nextCursor: 'b' });
});
