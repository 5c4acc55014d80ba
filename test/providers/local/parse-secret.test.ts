import { test } from 'tap';
import { parseSecret } from '../../../src/providers/local/parse-secret.ts';
import { stringNode } from '../../../src/providers/local/source-node.ts';
import type { StoredSecret } from '../../../src/providers/local/stored-secret.ts';
import { parseYamlSource } from '../../../src/providers/local/yaml-source.ts';

const parse = (yaml: string): StoredSecret => parseSecret(parseYamlSource(`s: ${yaml}`)?.get('s') ?? stringNode(''));

const valueOf = (yaml: string): string | Uint8Array | undefined => {
  const { content } = parse(yaml);
  return 'value' in content ? content.value.expose() : undefined;
};

test('a value is text, JSON or bytes', async (t) => {
  t.equal(valueOf('plain'), 'plain');
  t.equal(valueOf('1.0'), '1.0');
  t.equal(valueOf('{ user: a, port: 1.0 }'), '{"user":"a","port":1.0}');
  t.equal(valueOf('[a]'), '["a"]');
  t.same(valueOf('{ base64: "//79\n  AA==" }'), Buffer.from([0xff, 0xfe, 0xfd, 0]));
  t.ok(valueOf('{ base64: aGk= }') instanceof Uint8Array, 'bytes that happen to be text are bytes');
  t.equal(valueOf('{ base64: aGk=, more: 1 }'), '{"base64":"aGk=","more":1}');
});

test('a map with more keys than a written out secret is a value', async (t) => {
  t.equal(valueOf('{ versions: [], owner: me }'), '{"versions":[],"owner":"me"}');
  t.equal(valueOf('{ tags: { a: b }, description: c }'), '{"tags":{"a":"b"},"description":"c"}');
});

test('a secret that is written out', async (t) => {
  const secret = parse(`
  description: main database
  tags: { team: shop, level: 1.0, __proto__: x }
  versions:
    - { id: 1, value: one, createdAt: 2026-01-02T03:04:05Z }
    - { id: v-2, value: { n: 1.0 }, stages: [AWSCURRENT, blue], createdAt: 2026-01-03 }
    - { id: "3", value: { base64: aGk= } }
`);
  t.match(secret, { description: 'main database', tags: { team: 'shop', level: '1.0' } });
  t.same(Object.keys(secret.tags ?? {}), ['team', 'level', '__proto__']);
  const versions = 'versions' in secret.content ? secret.content.versions : [];
  t.same(
    versions.map(({ id, value, stages, createdAt }) => [id, value.expose(), stages, createdAt?.toISOString()]),
    [
      ['1', 'one', [], '2026-01-02T03:04:05.000Z'],
      ['v-2', '{"n":1.0}', ['AWSCURRENT', 'blue'], '2026-01-03T00:00:00.000Z'],
      ['3', Buffer.from('hi'), [], undefined],
    ],
  );
});

for (const [yaml, message] of [
  ['{ base64: hunter2 }', "has a 'base64' that is no base64"],
  ['{ base64: "aGk" }', "has a 'base64' that is no base64"],
  ['{ base64: [aGk=] }', "has a 'base64' that is no base64"],
  ['{ versions: [] }', "has a 'versions' that is no list of versions"],
  ['{ versions: hunter2 }', "has a 'versions' that is no list of versions"],
  ['{ versions: [hunter2] }', "has a version without 'id' and 'value'"],
  ['{ versions: [{ id: a }] }', "has a version without 'id' and 'value'"],
  ['{ versions: [{ value: hunter2 }] }', "has a version without 'id' and 'value'"],
  ['{ versions: [{ id: a, value: b, state: hunter2 }] }', /^has a version with a key besides/],
  ['{ versions: [{ id: "hunter 2", value: b }] }', /^has a version whose 'id' is not/],
  ['{ versions: [{ id: [], value: b }] }', /^has a version whose 'id' is not/],
  ['{ versions: [{ id: a, value: b }, { id: a, value: c }] }', "has two versions with one 'id'"],
  [
    '{ versions: [{ id: a, value: b, stages: [current] }, { id: b, value: c, stages: [AWSCURRENT] }] }',
    'has one stage on two versions',
  ],
  ['{ versions: [{ id: a, value: b, stages: current }] }', /'stages' is no list/],
  ['{ versions: [{ id: a, value: b, stages: [hunter 2] }] }', /'stages' is no list/],
  ['{ versions: [{ id: a, value: b, stages: [{}] }] }', /'stages' is no list/],
  ['{ versions: [{ id: a, value: b, createdAt: hunter2 }] }', /'createdAt' is no ISO 8601 date/],
  ['{ versions: [{ id: a, value: b, createdAt: 2026-13-45 }] }', /'createdAt' is no ISO 8601 date/],
  ['{ versions: [{ id: a, value: b }], tags: hunter2 }', /'tags' that are no map/],
  ['{ versions: [{ id: a, value: b }], tags: { a: [hunter2] } }', /'tags' that is no text/],
  ['{ versions: [{ id: a, value: b }], description: [hunter2] }', /'description' that is no text/],
] as const)
  test(`refuses ${yaml}`, async (t) => {
    t.throws(() => parse(yaml), { kind: 'broken', message, place: { line: 1 } });
    try {
      parse(yaml);
    } catch (error) {
      t.notMatch(String(error), 'hunter', 'no content is told');
    }
  });
