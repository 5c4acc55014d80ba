import { test } from 'tap';
import { current, isPinned, toSelector } from '../../src/core/selector.ts';

test('none and `current` are one selector', async (t) => {
  t.equal(toSelector(undefined, undefined), current);
  t.equal(toSelector(undefined, 'current'), current);
});

test('the others keep what was asked for, and nothing else', async (t) => {
  t.strictSame(toSelector('3', undefined), { version: '3' });
  t.strictSame(toSelector('3', 'current'), { version: '3' });
  t.strictSame(toSelector(undefined, 'previous'), { stage: 'previous' });
  t.strictSame(toSelector('3', 'AWSPENDING'), { version: '3', stage: 'AWSPENDING' });
});

test('only a version is for ever', async (t) => {
  t.ok(isPinned({ version: '3' }));
  t.notOk(isPinned({ stage: 'previous' }));
  t.notOk(isPinned(current));
});
