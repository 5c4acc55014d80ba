import { test } from 'tap';
import { parseFile } from '../../../src/providers/local/parse-file.ts';

const paths = (file: string, text: string): readonly string[] => [...parseFile(file, Buffer.from(text)).keys()];

test('the format is told by the name', async (t) => {
  t.same(paths('/a/b.yaml', 'a/b: x'), ['a/b']);
  t.same(paths('b.YML', 'a/b: x'), ['a/b']);
  t.same(paths('b.json', '{"a/b": "x"}'), ['a/b']);
  t.throws(() => paths('b.json', 'a/b: x'), { kind: 'broken', message: 'is no valid JSON' });
  for (const name of ['.env', '.env.local', 'prod.env', '/a/.env']) t.same(paths(name, 'A=x'), ['A']);
  for (const name of ['secrets', 'a.toml', '/x.yaml/a'])
    t.throws(() => paths(name, 'A=x'), { kind: 'broken', message: /^is neither a directory nor/ });
});

test('a byte order mark is no part of the text', async (t) => {
  t.same(paths('a.json', '\ufeff{"a": 1}'), ['a']);
});

test('an empty file is told apart from no secrets', async (t) => {
  for (const name of ['a.yaml', 'a.json', '.env'])
    for (const text of ['', ' \n\n']) t.throws(() => paths(name, text), { kind: 'empty', message: 'is empty' });
  t.throws(() => paths('a.yaml', '# nothing'), { kind: 'empty', message: 'is empty' });
  t.throws(() => paths('.env', '# nothing'), { kind: 'empty', message: 'is empty' });
  t.same(paths('a.yaml', '{}'), []);
  t.same(paths('a.json', '{}'), []);
});

test('text has to be UTF-8', async (t) => {
  t.throws(() => parseFile('a.yaml', Buffer.from([0x61, 0x3a, 0xff])), {
    kind: 'broken',
    message: 'is not UTF-8 text',
  });
});

test('a key has to be a path', async (t) => {
  t.throws(() => paths('a.yaml', 'ok: 1\na//b: hunter2'), {
    kind: 'broken',
    message: "has a key that is no path of a secret: the secret's path has an empty segment",
    place: { line: 2 },
  });
  t.throws(() => paths('a.json', '{"": "hunter2"}'), { kind: 'broken', message: /is empty$/ });
});

test('a bad secret of a JSON file is told by its path', async (t) => {
  t.throws(() => paths('a.json', '{"app/db": {"base64": "hunter2"}}'), {
    kind: 'broken',
    message: "has a 'base64' that is no base64, in 'app/db'",
  });
});
