import * as fc from 'fast-check';
import { test } from 'tap';
import { bySpecificity, parsePathPattern } from '../../src/core/path-pattern.ts';

const matches = (pattern: string, path: string): boolean => parsePathPattern(pattern).matches(path);

test('what a pattern matches, and what it does not', async (t) => {
  const rows: readonly [pattern: string, yes: readonly string[], no: readonly string[]][] = [
    ['db/creds', ['db/creds'], ['db/creds2', 'xdb/creds', 'db/creds/x', 'DB/creds', 'db']],
    ['db/*', ['db/a', 'db/a.b'], ['db', 'db/a/b', 'dbx/a']],
    ['db/*/x', ['db/a/x'], ['db/x', 'db/a/b/x']],
    ['*', ['a'], ['a/b']],
    ['a*b', ['ab', 'axb'], ['a/b', 'abc']],
    ['**', ['a', 'a/b/c'], []],
    ['db/**', ['db/a', 'db/a/b'], ['db', 'dbx', 'x/db/a']],
    ['**/x', ['x', 'a/x', 'a/b/x'], ['ax', 'x/a']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb', 'a/b/c']],
    ['a/**/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb']],
    ['**/**/b', ['b', 'x/b'], ['xb']],
    ['a/**/**', ['a/b', 'a/b/c'], ['a']],
    ['a.b/$(c)+[d]{1}|e^?\\', ['a.b/$(c)+[d]{1}|e^?\\'], ['axb/$(c)+[d]{1}|e^?\\']],
    ['a/*', ['a/line\nbreak'], []],
  ];
  for (const [pattern, yes, no] of rows) {
    for (const path of yes) t.ok(matches(pattern, path), `'${pattern}' matches '${path}'`);
    for (const path of no) t.notOk(matches(pattern, path), `'${pattern}' does not match '${path}'`);
  }
});

test('a pattern without stars matches itself alone', async (t) => {
  const plain = fc.string({ minLength: 1 }).filter((text) => !text.includes('*'));
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(plain, plain, (text, other) => matches(text, text) && matches(text, other) === (text === other)),
    ),
  );
});

test('the most specific pattern comes first', async (t) => {
  const sorted = ['app/db/creds', 'app/db/*/x', 'app/db/*', 'app/db/**', 'app/*/x', 'app/*', 'app/**', '*/db', '**'];
  t.same(
    sorted
      .toReversed()
      .map(parsePathPattern)
      .toSorted(bySpecificity)
      .map(({ text }) => text),
    sorted,
  );
});
