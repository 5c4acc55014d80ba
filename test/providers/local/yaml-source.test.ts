import { test } from 'tap';
import { parseYamlSource } from '../../../src/providers/local/yaml-source.ts';
import { sourceTexts } from './source-text.ts';

const texts = (text: string): readonly (readonly string[])[] => sourceTexts(parseYamlSource(text));

/** Parses and reads every text, since a collection is spelled out when it is asked for. */
const refuses = (text: string, message: string | RegExp, place: object): void => {
  test(`refuses ${JSON.stringify(text.slice(0, 40))}`, async (t) => {
    t.throws(() => texts(text), { kind: 'broken', message, place });
  });
};

test('scalars are served as they are written', async (t) => {
  const text = [
    'string: plain',
    'quoted: "a\\tb \\ud83d\\ude00"',
    'block: |',
    '  one',
    '  two',
    'pin: 0123',
    'big: 9007199254740993',
    'float: 1.0',
    'hex: 0x1F',
    'inf: .inf',
    'yes: true',
    'null: ~',
    'none:',
    'tagged: !!str 12',
    '12: twelve',
  ].join('\n');
  t.same(texts(text), [
    ['string', 'string', 'plain'],
    ['quoted', 'string', 'a\tb 😀'],
    ['block', 'string', 'one\ntwo\n'],
    ['pin', 'literal', '0123'],
    ['big', 'literal', '9007199254740993'],
    ['float', 'literal', '1.0'],
    ['hex', 'literal', '0x1F'],
    ['inf', 'literal', '.inf'],
    ['yes', 'literal', 'true'],
    ['null', 'literal', '~'],
    ['none', 'literal', ''],
    ['tagged', 'string', '12'],
    ['12', 'string', 'twelve'],
  ]);
});

test('collections are compact JSON made from the source', async (t) => {
  const text = `
map:
  big: 9007199254740993
  float: 1.0
  exponent: 1e3
  negative: -0.10
  hex: 0x1F
  short: .5
  octal: 0123
  plus: +7
  flags: [yes, true, false, null, ~, ]
  none:
  __proto__: { "a\\"b": "\\u0001" }
  9: x
list: [1.50, [], {}]
`;
  t.same(texts(text), [
    [
      'map',
      'map',
      '{"big":9007199254740993,"float":1.0,"exponent":1e3,"negative":-0.10,"hex":31,"short":0.5,"octal":123,"plus":7,' +
        '"flags":["yes",true,false,null,null],"none":null,"__proto__":{"a\\"b":"\\u0001"},"9":"x"}',
    ],
    ['list', 'list', '[1.50,[],{}]'],
  ]);
  t.same(JSON.parse(parseYamlSource(text)?.get('list')?.text() ?? ''), [1.5, [], {}]);
});

test('a node tells where it is written', async (t) => {
  t.same(parseYamlSource('a: 1\nb:\n  - x\n')?.get('b')?.items()[0]?.place, { line: 3, column: 5 });
});

test('aliases are followed', async (t) => {
  t.same(texts('a: &x {n: 1.0}\nb: *x\nc: [*x, *x]'), [
    ['a', 'map', '{"n":1.0}'],
    ['b', 'map', '{"n":1.0}'],
    ['c', 'list', '[{"n":1.0},{"n":1.0}]'],
  ]);
});

test('nothing at all is told apart from a map without members', async (t) => {
  t.equal(parseYamlSource(''), undefined);
  t.equal(parseYamlSource('# only a comment\n'), undefined);
  t.equal(parseYamlSource('---\n'), undefined);
  t.equal(parseYamlSource('{}')?.size, 0);
});

const bomb = Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`);
refuses(`a0: &a0 x\n${bomb.join('\n')}`, /more than 100 aliases/, {});
refuses('a: &a [*a]', /more than 100 aliases/, { line: 1, column: 8 });
refuses('b: *missing', /alias without an anchor/, { line: 1, column: 4 });
refuses('a: 1\na: hunter2', 'is no valid YAML: duplicate key', { line: 2, column: 1 });
refuses('1: a\n"1": hunter2', 'is no valid YAML: duplicate key', { line: 2, column: 1 });
refuses('a: { 1: a, "1": hunter2 }', 'is no valid YAML: duplicate key', { line: 1, column: 12 });
refuses('a: b: hunter2', /^is no valid YAML: block as implicit key$/, { line: 1, column: 4 });
refuses('a: "hunter2', /^is no valid YAML: missing char$/, { line: 1 });
refuses('a: 1\n---\nb: hunter2', /^is no valid YAML: multiple docs$/, { line: 2, column: 1 });
refuses('a: !secret hunter2', /^is no valid YAML: tag resolve failed$/, { line: 1, column: 4 });
refuses('a: !!binary aGk=', /tag that has no meaning/, { line: 1, column: 13 });
refuses('a: { b: !!set { x } }', /tag that has no meaning/, { line: 1 });
refuses('? [hunter2]\n: b', /key that is no text/, { line: 1, column: 3 });
refuses('a: { b: .nan }', /number that JSON cannot hold/, { line: 1, column: 9 });
refuses('- hunter2', /^holds no map/, { line: 1 });
refuses('hunter2', /^holds no map/, { line: 1 });
refuses(`a: ${'['.repeat(300)}${']'.repeat(300)}`, /nested too deeply/, { line: 1 });
refuses(`a: ${'['.repeat(100_000)}`, /resource exhaustion/, { line: 1 });
