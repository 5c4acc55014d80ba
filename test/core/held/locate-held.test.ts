import { test } from 'tap';
import { current } from '../../../src/core/selector.ts';
import { locateHeld } from '../../../src/core/held/locate-held.ts';

test('a place is the path and the canonical selector', async (t) => {
  t.same(locateHeld('a/b', current), { id: 'a/b', selector: {} });
  t.same(locateHeld('a', { version: '2026-01-01T00:00:00+01:00' }).selector, { version: '2026-01-01T00:00:00+01:00' });
  t.same(locateHeld('a', { stage: 'AWSCURRENT' }).selector, {});
  t.same(locateHeld('a', { stage: 'AWSPREVIOUS' }).selector, { stage: 'previous' });
  t.same(locateHeld('a', { stage: 'team/blue' }).selector, { stage: 'team/blue' });
});

test('what a file cannot hold', async (t) => {
  t.throws(() => locateHeld('/a', current), { code: 'InvalidPath' });
  t.throws(() => locateHeld('a', { version: 'a b' }), { code: 'InvalidParameter' });
  t.throws(() => locateHeld('a', { version: 'a'.repeat(129) }), { code: 'InvalidParameter' });
  t.throws(() => locateHeld('a', { stage: 'a b' }), { code: 'InvalidParameter' });
  t.throws(() => locateHeld('a', { stage: '' }), { code: 'InvalidParameter' });
  t.throws(() => locateHeld('a', { version: '1', stage: 'blue' }), { code: 'InvalidParameter' });
});
