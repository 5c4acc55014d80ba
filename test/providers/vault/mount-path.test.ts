import { test } from 'tap';
import { mountProblem, trimSlashes } from '../../../src/providers/vault/mount-path.ts';

test('the path of a mount', (t) => {
  t.equal(trimSlashes('//ci/approle/'), 'ci/approle');
  for (const good of ['kv', '/kv/', 'teams/a/kv', '..kv']) t.equal(mountProblem(good), undefined, good);
  for (const bad of ['/', '', 'a//b', 'a/../b', './a']) t.equal(mountProblem(bad), 'must be the path of a mount', bad);
  t.end();
});
