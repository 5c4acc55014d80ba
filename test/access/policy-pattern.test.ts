import { test } from 'tap';
import { parsePolicyPattern } from '../../src/access/policy-pattern.ts';

test('a slash at the beginning makes a prefix of what the specification means', async (t) => {
  const rows: readonly [pattern: string, yes: readonly string[], no: readonly string[]][] = [
    ['/app/prod/*', ['app/prod/db', 'app/prod/team/db'], ['app/prod', 'app/production/db', 'x/app/prod/db']],
    ['/*', ['a', 'a/b/c'], []],
    ['/app', ['app'], ['app/x', 'apps']],
    ['/app*', ['app', 'apps'], ['apps/x']],
    ['/app/*/db', ['app/x/db'], ['app/x/y/db']],
    ['/app/**', ['app/x', 'app/x/y'], ['app']],
    ['app/*', ['app/x'], ['app/x/y']],
    ['*', ['a'], ['a/b']],
  ];
  for (const [pattern, yes, no] of rows) {
    const parsed = parsePolicyPattern(pattern);
    t.equal(parsed.text, pattern);
    const matches = (path: string): boolean => parsed.matches(path);
    for (const path of yes) t.ok(matches(path), `'${pattern}' matches '${path}'`);
    for (const path of no) t.notOk(matches(path), `'${pattern}' does not match '${path}'`);
  }
});
