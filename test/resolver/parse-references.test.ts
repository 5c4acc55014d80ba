import * as fc from 'fast-check';
import { test } from 'tap';
import { parseReferences } from '../../src/resolver/parse-references.ts';

const places = (text: string): readonly unknown[] =>
  parseReferences(text).references.map(({ reference, line, column, start }) => [reference, line, column, start]);
const complaints = (text: string): readonly unknown[] =>
  parseReferences(text).malformed.map(({ reference, line, column, error }) => [reference, line, column, error.message]);

test('the four forms', async (t) => {
  const rows: readonly [string, object][] = [
    ['{{secret:db/creds}}', { path: 'db/creds' }],
    ['{{secret:db/creds#password}}', { path: 'db/creds', key: 'password' }],
    ['{{secret:db/creds@3}}', { path: 'db/creds', version: '3' }],
    ['{{secret:db/creds#password@3}}', { path: 'db/creds', key: 'password', version: '3' }],
    ['{{secret:a#/x/0}}', { path: 'a', key: '/x/0' }],
    ['{{secret:a b}}', { path: 'a b' }],
    ['{{secret:a}b}}', { path: 'a}b' }],
  ];
  for (const [reference, parts] of rows)
    t.strictSame(
      parseReferences(reference),
      { references: [{ reference, line: 1, column: 1, start: 0, ...parts }], malformed: [] },
      reference,
    );
});

test('text without references has none', async (t) => {
  for (const text of ['', 'x', '{{', '}}', '{{ secret:a}}', '{{Secret:a}}', '{secret:a}', '{{secret', '${x}'])
    t.same(parseReferences(text), { references: [], malformed: [] }, text);
});

test('each one is told with its place', async (t) => {
  t.same(places('{{secret:a}} {{secret:b}}{{secret:c}}\n\n é{{secret:d}}'), [
    ['{{secret:a}}', 1, 1, 0],
    ['{{secret:b}}', 1, 14, 13],
    ['{{secret:c}}', 1, 26, 25],
    ['{{secret:d}}', 3, 3, 41],
  ]);
  t.same(
    places('x\r\n{{secret:a}}\r\n{{secret:b}}').map((place) => [place].flat().slice(1, 3)),
    [
      [2, 1],
      [3, 1],
    ],
  );
  t.same(places('{{{secret:a}}}'), [['{{secret:a}}', 1, 2, 1]]);
});

test('one that is not closed ends with its line, and the rest is looked at', async (t) => {
  const message = "the reference is not closed by '}}'";
  t.same(complaints('a {{secret:b}\nc {{secret:d}} {{secret:e'), [
    ['{{secret:b}', 1, 3, message],
    ['{{secret:e', 2, 16, message],
  ]);
  t.same(complaints('{{secret:a\r\n}}'), [['{{secret:a', 1, 1, message]]);
  t.same(places('a {{secret:b}\nc {{secret:d}} {{secret:e'), [['{{secret:d}}', 2, 3, 16]]);
});

test('one within another is refused as one', async (t) => {
  const { references, malformed } = parseReferences('{{secret:a{{secret:b}} {{secret:c}}');
  t.match(malformed, [{ reference: '{{secret:a{{secret:b}}', error: { code: 'InvalidReference' } }]);
  t.match(references, [{ path: 'c' }]);
  t.equal(references.length, 1);
});

test('what is wrong with one is said', async (t) => {
  const rows = [
    ['{{secret:}}', 'has no path'],
    ['{{secret:#key}}', 'has no path'],
    ['{{secret:@3}}', 'has no path'],
    ['{{secret:a#}}', "has no key after '#'"],
    ['{{secret:a#@3}}', "has no key after '#'"],
    ['{{secret:a@}}', "has no version after '@'"],
    ['{{secret:a//b}}', "is malformed: the secret's path has an empty segment"],
    ['{{secret:../b}}', "is malformed: the secret's path has a segment '..'"],
    ['{{secret:a\tb}}', "is malformed: the secret's path holds a control character or a broken one"],
  ];
  for (const [text = '', message] of rows) {
    t.match(parseReferences(text).malformed, [{ error: { category: 'ParseError', code: 'InvalidReference' } }]);
    t.same(complaints(text), [[text, 1, 1, `the reference ${message}`]], text);
  }
});

test('many of them, in any text: each is at its place, and none is lost', async (t) => {
  const filler = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r\n', '}', '{', 'é', '😀', '}}') });
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '/c'), minLength: 1, maxLength: 5 });
  const path = name.map((text) => `x${text}`);
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(fc.tuple(filler, path)), filler, (parts, rest) => {
        const text = parts.map(([before, path]) => `${before}{{secret:${path}}}`).join('') + rest;
        const { references, malformed } = parseReferences(text);
        const lines = text.split('\n');
        return (
          malformed.length === 0 &&
          references.map((found) => found.path).join() === parts.map(([, path]) => path).join() &&
          references.every(
            ({ start, reference, line, column }) =>
              text.startsWith(reference, start) && lines[line - 1]?.startsWith(reference, column - 1),
          )
        );
      }),
    ),
  );
});

test('nothing that is written makes it throw', async (t) => {
  const unit = fc.constantFrom('{{secret:', '}}', '{', '}', '#', '@', '/', 'a', '\n', '\r', '..', '\0');
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        const { references, malformed } = parseReferences(text);
        return [...references, ...malformed].every(({ reference }) => text.includes(reference));
      }),
    ),
  );
});
