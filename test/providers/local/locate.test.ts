import { test } from 'tap';
import { current } from '../../../src/core/selector.ts';
import { locateLocal } from '../../../src/providers/local/locate.ts';

test('a place is the path and the canonical selector', async (t) => {
  t.same(locateLocal('a/b', current), { id: 'a/b', selector: {} });
  t.same(locateLocal('a', { version: '2026-01-01T00:00:00+01:00' }).selector, { version: '2026-01-01T00:00:00+01:00' });
  t.same(locateLocal('a', { stage: 'AWSCURRENT' }).selector, {});
  t.same(locateLocal('a', { stage: 'AWSPREVIOUS' }).selector, { stage: 'previous' });
  t.same(locateLocal('a', { stage: 'team/blue' }).selector, { stage: 'team/blue' });
});

test('what a file cannot hold', async (t) => {
  t.throws(() => locateLocal('/a', current), { code: 'InvalidPath' });
  t.throws(() => locateLocal('a', { version: 'a b' }), { code: 'InvalidParameter' });
  t.throws(() => locateLocal('a', { version: 'a'.repeat(129) }), { code: 'InvalidParameter' });
  t.throws(() => locateLocal('a', { stage: 'a b' }), { code: 'InvalidParameter' });
  t.throws(() => locateLocal('a', { stage: '' }), { code: 'InvalidParameter' });
  t.throws(() => locateLocal('a', { version: '1', stage: 'blue' }), { code: 'InvalidParameter' });
});
