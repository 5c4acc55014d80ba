import { test } from 'tap';
import { parseJsonSource } from '../../../src/providers/local/json-source.ts';
import { sourceTexts } from './source-text.ts';

test('members are cut from the source', async (t) => {
  const text = ` {
    "string": "a\\nb", "big": 9007199254740993, "float": 1.0, "no": false, "none": null,
    "map": {"n": 1.0, "__proto__": {"x": 9007199254740993}}, "list": [1.50, {}], "__proto__": "own", "10": "a", "9": "b"
  } `;
  t.same(sourceTexts(parseJsonSource(text)), [
    ['string', 'string', 'a\nb'],
    ['big', 'literal', '9007199254740993'],
    ['float', 'literal', '1.0'],
    ['no', 'literal', 'false'],
    ['none', 'literal', 'null'],
    ['map', 'map', '{"n": 1.0, "__proto__": {"x": 9007199254740993}}'],
    ['list', 'list', '[1.50, {}]'],
    ['__proto__', 'string', 'own'],
    ['10', 'string', 'a'],
    ['9', 'string', 'b'],
  ]);
});

test('members and items are nodes again', async (t) => {
  const root = parseJsonSource('{"a": {"b": ["x", 1.0]}, "s": "[1]"}');
  const list = root.get('a')?.members().get('b');
  t.same(
    list?.items().map((item) => [item.kind, item.text()]),
    [
      ['string', 'x'],
      ['literal', '1.0'],
    ],
  );
  t.same(list?.members().size, 0);
  t.same(root.get('s')?.items(), []);
});

test('broken JSON is told by its place alone', async (t) => {
  t.throws(() => parseJsonSource('{\n"a": "hunter2"\n"b": 1}'), {
    kind: 'broken',
    message: 'is no valid JSON',
    place: { line: 3, column: 1 },
  });
  t.throws(() => parseJsonSource('{"a": hunter2}'), { kind: 'broken', message: 'is no valid JSON' });
  t.throws(() => parseJsonSource('["hunter2"]'), { kind: 'broken', message: /^holds no object/ });
  t.throws(() => parseJsonSource('{"a": 1, "\\u0061": "hunter2"}'), { kind: 'broken', message: 'has a duplicate key' });
});
