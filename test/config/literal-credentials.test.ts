import { test } from 'tap';
import { literalCredentials } from '../../src/config/literal-credentials.ts';
import { credentialSchema } from '../../src/core/credential-setting.ts';

// Parsed, since the linter takes an object with a `then` for a promise.
const conditional: object = JSON.parse(
  '{ "then": { "properties": { "c": 0 } }, "else": { "allOf": [{ "properties": { "d": 0 } }] } }',
  (_, value: unknown) => (value === 0 ? credentialSchema : value),
);

const schema = {
  properties: {
    token: credentialSchema,
    plain: { type: 'string' },
    list: { type: 'array', items: credentialSchema },
    map: { type: 'object', additionalProperties: { ...credentialSchema, expected: 'a key' } },
    choice: {
      oneOf: [{ properties: { a: credentialSchema } }, { properties: { a: credentialSchema, b: credentialSchema } }],
    },
    later: { if: {}, ...conditional },
  },
};

test('finds a credential wherever the schema has one, once', async (t) => {
  const value = {
    token: 'x',
    plain: 'x',
    list: ['x', { env: 'X' }],
    map: { k: 'x', l: { file: 'x' } },
    choice: { a: 'x', b: 'x' },
    later: { c: 'x', d: 'x' },
  };
  const found = literalCredentials(schema, value, ['p', 0]);
  const texts = found.map((path) => path.slice(2).join('.'));
  t.strictSame(texts, ['token', 'list.0', 'map.k', 'choice.a', 'choice.b', 'later.c', 'later.d']);
});

test('finds none where there is none', async (t) => {
  for (const value of [{}, { token: { env: 'X' } }, { other: 'x' }, [], 'x', null])
    t.strictSame(literalCredentials(schema, value, []), []);
});
