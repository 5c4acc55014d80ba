import * as fc from 'fast-check';
import { test } from 'tap';
import { formatKeyPath, keyPathId, subjectOf } from '../../src/config/key-path.ts';

test('a path as it is read aloud', async (t) => {
  t.equal(formatKeyPath(['providers', 0, 'auth', 'roleId']), 'providers[0].auth.roleId');
  t.equal(formatKeyPath([]), '');
  t.equal(subjectOf([]), 'the configuration');
  t.equal(subjectOf(['cache']), "'cache'");
});

test('of a key that cannot be ours only the beginning is shown', async (t) => {
  t.equal(formatKeyPath(['auth', 'token:hvs.abc']), 'auth.token…');
  t.equal(formatKeyPath(['5ecret']), '…');
  t.equal(formatKeyPath(['a\nb']), 'a…');
  t.equal(formatKeyPath(['x'.repeat(25)]), `${'x'.repeat(24)}…`);
});

test('the text of a path is one line without digits of keys', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(fc.property(fc.array(fc.string()), (path) => /^[A-Za-z_.…-]*$/.test(formatKeyPath(path)))),
  );
});

test('different paths have different ids', async (t) => {
  const ids = [['a', 'b'], ['a.b'], ['a', 0], ['a', '0'], ['a'], []].map(keyPathId);
  t.equal(new Set(ids).size, ids.length);
});
