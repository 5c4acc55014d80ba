import * as fc from 'fast-check';
import { test } from 'tap';
import { bySpecificity, isPathPattern, parsePathPattern } from '../../src/core/path-pattern.ts';

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

/** The same by a regular expression, which is slow for some paths. */
function reference(pattern: string): RegExp {
  const source = pattern
    .split('/')
    .map((segment) => (segment === '**' ? '**' : segment.replaceAll(/\*+/g, '[^/]*')))
    .join('/')
    .replace(/^\*\*$/, '.+')
    .replace(/\/\*\*$/, '/.+')
    .replaceAll(/(^|\/)(?:\*\*\/)+/g, '$1(?:.*/)?');
  return new RegExp(`^${source}$`, 's');
}

test('it matches what a regular expression would', async (t) => {
  const segment = fc.stringMatching(/^[ab]{1,4}$/);
  const wild = fc.oneof(
    fc.constant('**'),
    fc.stringMatching(/^[ab*]{1,5}$/).map((text) => text.replaceAll(/\*+/g, '*')),
  );
  const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => segments.join('/'));
  const pattern = fc.array(wild, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(pattern, path, (glob, text) => matches(glob, text) === reference(glob).test(text)),
      { numRuns: 5_000 },
    ),
  );
  const rows: readonly [pattern: string, yes: readonly string[], no: readonly string[]][] = [
    ['a*b*c', ['abc', 'axbxc', 'abbc', 'abcbc'], ['acb', 'ab', 'ac', 'axc', 'abxcx']],
    ['*a*', ['a', 'xa', 'ax', 'aa'], ['x', 'a/a']],
    ['a*bb*a', ['abba', 'axbbya'], ['aba', 'abab']],
    ['ab*ba', ['abba', 'abxba'], ['aba']],
    ['*ab*ab*', ['abab', 'xabyabz'], ['ab', 'aba', 'abxba']],
    ['*ab*b', ['abb', 'ababb'], ['ab', 'xab']],
  ];
  for (const [glob, yes, no] of rows) {
    for (const text of yes) t.ok(matches(glob, text), `'${glob}' matches '${text}'`);
    for (const text of no) t.notOk(matches(glob, text), `'${glob}' does not match '${text}'`);
  }
});

test('no path makes it slow', async (t) => {
  const long = Array.from({ length: 1_000 }, () => 'a').join('/');
  t.notOk(matches('**/a/**/a/**/a/**/a/**/b', long));
  t.notOk(matches('*a*a*a*a*a*a*b', 'a'.repeat(2_000)));
});

test('what a pattern may be', async (t) => {
  for (const good of ['a', '*', '**', 'a/*/b', 'a*/**', '**/x', 'a/**/b*c']) t.ok(isPathPattern(good), good);
  for (const bad of ['', 'a**', '**a', 'a/b**/c', '***', 'a//b', '/a', 'a/', '../a', 'a/./b', 'a\nb'])
    t.notOk(isPathPattern(bad), bad);
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
  const sorted = [
    'app/db/creds',
    'app/db/cred*',
    'app/db/*/x',
    'app/db/*',
    'app/db/**',
    'app/*/x',
    'app/*',
    'app/**',
    '*/db',
    '**',
  ];
  t.ok(bySpecificity(parsePathPattern('a/*'), parsePathPattern('*/a/longer/end')) < 0, 'the beginning counts most');
  t.same(
    sorted
      .toReversed()
      .map(parsePathPattern)
      .toSorted(bySpecificity)
      .map(({ text }) => text),
    sorted,
  );
});
