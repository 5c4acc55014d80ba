import { test } from 'tap';
import { ConfigProblems } from '../../src/config/config-problems.ts';
import { parseConfigText } from '../../src/config/parse-config-text.ts';

function complaints(text: string): string {
  try {
    parseConfigText({ text, file: 'k' });
    return '';
  } catch (error) {
    if (error instanceof ConfigProblems) return error.message;
    throw error;
  }
}

test('places: the key, the item, or the nearest thing around', async (t) => {
  const { value, place } = parseConfigText({ text: 'a:\n  b: 1\n  c:\n    - x\n    - y: 2\n', file: 'k' });
  t.strictSame(value, { a: { b: 1, c: ['x', { y: 2 }] } });
  t.strictSame(place(['a', 'b']), { file: 'k', line: 2, column: 3 });
  t.strictSame(place(['a', 'c', 1]), { file: 'k', line: 5, column: 7 });
  t.strictSame(place(['a', 'c', 1, 'z', 'z']), { file: 'k', line: 5, column: 7 });
  t.strictSame(place(['z']), { file: 'k', line: 1, column: 1 });
  t.strictSame(place([]), { file: 'k', line: 1, column: 1 });
});

test('a key with a dot is not mistaken for two', async (t) => {
  const { place } = parseConfigText({ text: 'a.b: 1\na:\n  b: 1\n', file: 'k' });
  t.equal(place(['a.b']).line, 1);
  t.equal(place(['a', 'b']).line, 3);
});

test('a key given twice is a finding at the second place', async (t) => {
  const source = parseConfigText({ text: 'a: { b: 1 }\nc: 1\na: { b: 2 }\n', file: 'k' });
  t.strictSame(source.findings, [{ path: ['a'], message: "'a' is given twice" }]);
  t.strictSame(source.value, { a: { b: 2 }, c: 1 });
  t.equal(source.place(['a']).line, 3);
});

test('an empty file has no settings', async (t) => {
  for (const text of ['', '# nothing\n', '---\n', '\uFEFF'])
    t.strictSame(parseConfigText({ text, file: 'k' }).value, {});
});

const broken: readonly (readonly [text: string, complaint: string])[] = [
  ['a: 1\nb: "x', 'k:2: a closing quote, a bracket, a comma, a colon or a blank is missing'],
  ['a: [1', 'k:1: wrong indentation, or a bracket that is not closed'],
  ['a: b: c', "k:1: a second ': ' on one line; put the text into quotes or the mapping on its own lines"],
  ['a:\n\tb: 1', 'k:2: a tab cannot indent; use blanks'],
  ['a: @x', 'k:1: a text that begins with this character needs quotes'],
  ['a: !vault x', 'k:1: unknown tag'],
  ['? [a]\n: b', 'k:1: a key is no text'],
  ['a: 1\n---\nb: 1', "k:2: a second document begins; there can be only one, so remove the '---'"],
  ['a: 1\nb: *x', 'k:2: the alias names no anchor before it'],
  ['a: &a [*a]', 'k:1: the aliases are too many or go in a circle'],
  [
    'a: @x\nb: @x',
    'k:1: a text that begins with this character needs quotes\nk:2: a text that begins with this character needs quotes',
  ],
];

test('broken text, each mistake with its line', async (t) => {
  for (const [text, complaint] of broken) t.equal(complaints(text), complaint, text);
});

test('bombs go off nowhere', async (t) => {
  const laughs = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`).join('\n');
  t.equal(complaints(`l0: &l0 x\n${laughs}`), 'k:1: the aliases are too many or go in a circle');
  t.match(complaints('['.repeat(50_000)), /^k:1: nested too deeply$/m);
  t.match(complaints('- '.repeat(50_000)), /^k:1: nested too deeply$/m);
  t.equal(complaints('a'.repeat(1_048_577)), 'k:1: the file is larger than 1 MiB');
});

test('a key named __proto__ is one like any other', async (t) => {
  const { value } = parseConfigText({ text: '__proto__: { a: 1 }', file: 'k' });
  t.ok(Object.hasOwn(Object(value), '__proto__'));
  t.equal(Object.getPrototypeOf(value), Object.prototype);
});
