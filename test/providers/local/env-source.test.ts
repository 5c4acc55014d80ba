import { test } from 'tap';
import { parseEnvSource } from '../../../src/providers/local/env-source.ts';
import { sourceTexts } from './source-text.ts';

test('variables are strings', async (t) => {
  const text = '# comment\nA=1.0\nexport B="two\nlines"\nC=\' x \'\nD=\n';
  t.same(sourceTexts(parseEnvSource(text)), [
    ['A', 'string', '1.0'],
    ['B', 'string', 'two\nlines'],
    ['C', 'string', ' x '],
    ['D', 'string', ''],
  ]);
});

test('a string has neither members nor items', async (t) => {
  const node = parseEnvSource('A={"a":[1]}').get('A');
  t.same([node?.members().size, node?.items()], [0, []]);
});
