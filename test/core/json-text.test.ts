import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { test } from 'tap';
import { JsonNode } from '../../src/core/json-node.ts';
import { childTexts, isJsonDocument, plainText } from '../../src/core/json-text.ts';

function memberText(text: string, name: string): string | undefined {
  const node = new JsonNode(text);
  return node.isObject ? node.child(name)?.text : undefined;
}
const pointerText = (text: string, pointer: string): string | undefined => new JsonNode(text).at(pointer)?.text;

const space = fc.constantFrom('', '', ' ', '\n', '\t \r\n');
// Without backslashes: once JSON.parse of V8 14.6 has met {"b":0,"\\":1}, it reads {"b":0,"\u0061":1} as {"b":0,"\\":1}.
const names = fc
  .oneof(
    fc.constantFrom('a', 'b', '__proto__', 'constructor', '', 'a/b', '~', '~1', '"', '0', '{', ']', ':'),
    fc.string({ unit: 'binary' }),
  )
  .filter((name) => !name.includes('\\'));
/** A name as it may be written: plainly, or with every character escaped. */
const nameTexts = fc.tuple(names, fc.boolean()).map(([name, escaped]) => (escaped ? escapeAll(name) : quote(name)));
const numbers = fc.constantFrom('0', '-0', '1.0', '1e5', '-1.5E-3', '9007199254740993', '0.10', '123');
const quote = (text: string): string => JSON.stringify(text);
const escapeAll = (text: string): string =>
  `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;

/** Source texts of JSON documents: any white space, equal names, hostile names. */
const { value: documents } = fc.letrec<{ value: string }>((tie) => {
  const padded = fc.tuple(space, tie('value'), space).map((parts) => parts.join(''));
  const member = fc.tuple(space, nameTexts, space, padded).map(([a, name, b, text]) => `${a}${name}${b}:${text}`);
  return {
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(numbers, nameTexts, fc.constantFrom('true', 'false', 'null')),
      fc.tuple(space, fc.array(padded, { maxLength: 4 })).map(([a, items]) => `[${a}${items.join(',')}]`),
      fc.tuple(space, fc.array(member, { maxLength: 5 })).map(([a, items]) => `{${a}${items.join(',')}}`),
    ),
  };
});

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Every pointer into a parsed document, with what is there. */
function* places(value: unknown, pointer = ''): Generator<readonly [pointer: string, value: unknown]> {
  if (pointer !== '') yield [pointer, value];
  if (!isContainer(value)) return;
  for (const [name, child] of Object.entries(value)) {
    yield* places(child, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  }
}

test('what is cut out is what JSON.parse finds at the same place', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(space, documents, (before, document) => {
        const text = before + document;
        return [...places(JSON.parse(text))].every(([pointer, expected]) => {
          const cut = pointerText(text, pointer);
          return cut !== undefined && text.includes(cut) && isDeepStrictEqual(JSON.parse(cut), expected);
        });
      }),
      { numRuns: 500 },
    ),
  );
});

test('a top-level member is found exactly when JSON.parse has it', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(documents, names, (text, name) => {
        const parsed: unknown = JSON.parse(text);
        const isMember = isContainer(parsed) && !Array.isArray(parsed) && Object.hasOwn(parsed, name);
        const cut = memberText(text, name);
        if (!isMember) return cut === undefined;
        return cut !== undefined && isDeepStrictEqual(JSON.parse(cut), new Map(Object.entries(parsed)).get(name));
      }),
      { numRuns: 500 },
    ),
  );
});

test('text survives as it was written', async (t) => {
  const text = '{ "big": 9007199254740993, "one":1.0 ,"__proto__": {"x" : [1.50, 2]}, "s":"a\\u0062\\n" }';
  t.equal(memberText(text, 'big'), '9007199254740993');
  t.equal(memberText(text, 'one'), '1.0');
  t.equal(memberText(text, '__proto__'), '{"x" : [1.50, 2]}');
  t.equal(pointerText(text, '/__proto__/x/0'), '1.50');
  t.equal(memberText(text, 's'), '"a\\u0062\\n"');
  t.equal(memberText(text, 'toString'), undefined);
  t.equal(memberText('{"\\\\":1,"\\\\\\"":2}', '\\'), '1');
  t.equal(memberText('{"\\\\":1,"\\\\\\"":2}', '\\"'), '2');
});

test('of equal names the last one counts, at every level', async (t) => {
  t.equal(memberText('{"a":1,"b":0,"\\u0061":2}', 'a'), '2');
  t.equal(pointerText('{"a":{"x":1},"a":{"x":2,"x":3}}', '/a/x'), '3');
});

test('pointers follow RFC 6901', async (t) => {
  const text = '{"a/b":{"m~n":[10,{"":"deep"}]},"~1":"tilde"}';
  t.equal(pointerText(text, '/a~1b/m~0n/0'), '10');
  t.equal(pointerText(text, '/a~1b/m~0n/1/'), '"deep"');
  t.equal(pointerText(text, '/~01'), '"tilde"');
  for (const missing of ['/a~1b/m~0n/2', '/a~1b/m~0n/00', '/a~1b/m~0n/-', '/a~1b/m~0n/-1', '/x/y', '/a~1b/m~0n/0/0'])
    t.equal(pointerText(text, missing), undefined, missing);
});

test('only an array or an object is a document', async (t) => {
  for (const text of ['{}', '[]', ' \n[1]', '{"a":{"b":[]}}\t']) t.ok(isJsonDocument(text), text);
  for (const text of ['', '1', '"{}"', 'null', '{', '{"a":1', '[1,]', '{}x', '\u00a0{}', '{a:1}'])
    t.notOk(isJsonDocument(text), text);
});

test('depth costs no stack', async (t) => {
  const depth = 200_000;
  const text = `{"a":${'['.repeat(depth)}1${']'.repeat(depth)},"b":2}`;
  t.equal(memberText(text, 'b'), '2');
});

test('a string is told without its quotes, anything else as it stands', async (t) => {
  t.equal(plainText('"a\\"b\\u00e9"'), 'a"bé');
  for (const text of ['1.0', 'true', 'null', '{"a": 1}']) t.equal(plainText(text), text);
});

test('children come in their order, equal names included', async (t) => {
  t.same(
    [...childTexts('{"b":1,"a":[2],"b":3}')],
    [
      ['b', '1'],
      ['a', '[2]'],
      ['b', '3'],
    ],
  );
  t.same(
    [...childTexts('[{}, 1.0 ]')],
    [
      ['0', '{}'],
      ['1', '1.0'],
    ],
  );
  for (const text of ['{}', '[ ]', '1', '"[1]"']) t.same([...childTexts(text)], [], text);
});
