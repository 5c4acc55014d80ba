import { test } from 'tap';
import { parsePathPattern } from '../../src/core/path-pattern.ts';
import { createCallerPaths } from '../../src/simulation/caller-paths.ts';

const mapping = (pattern: string, prefix = '') => ({ pattern: parsePathPattern(pattern), prefix });

test('the way back from a native path', async (t) => {
  const toPath = createCallerPaths({
    environment: 'prod',
    mappings: [mapping('shared/*', 'common'), mapping('root/**', '/'), mapping('team/**', 'team')],
  });
  for (const [native, path] of [
    ['prod/common/shared/x', 'shared/x'],
    ['/prod/root/a/b', 'root/a/b'],
    ['prod/team/team/a', 'team/a'],
    ['prod/db/creds', 'db/creds'],
    ['prod/common/other', 'common/other'],
    ['elsewhere', 'elsewhere'],
    ['prod/', ''],
  ] as const)
    t.equal(toPath(native), path, native);
  t.equal(createCallerPaths({ mappings: [] })('db/creds'), 'db/creds');
});
