import { createHash } from 'node:crypto';
import { test } from 'tap';
import { createSchemaChecker } from '../../src/config/schema-checker.ts';

const check = createSchemaChecker();
const named = (schema: object) => ({
  ...schema,
  $id: createHash('sha256').update(JSON.stringify(schema)).digest('hex'),
});
const messages = (schema: object, value: unknown): readonly string[] =>
  check(named(schema), value, ['at']).map(({ message }) => message);

test('keywords without words of ours keep those of the library', async (t) => {
  t.strictSame(messages({ type: 'string', maxLength: 1 }, 'ab'), ["'at' must NOT have more than 1 characters"]);
  t.strictSame(messages({ type: 'string', pattern: '^a$' }, 'b'), [`'at' must match pattern "^a$"`]);
});

test('types', async (t) => {
  t.strictSame(messages({ type: ['string', 'number'] }, {}), ["'at' must be a text or a number"]);
  t.strictSame(messages({ type: 'null' }, 1), ["'at' must be null"]);
  t.strictSame(messages({ const: 2 }, 1), ["'at' must be 2"]);
});

test('a condition is told by what it asks for', async (t) => {
  const schema: object = JSON.parse('{ "type": "object", "if": { "required": ["a"] }, "then": { "required": ["b"] } }');
  t.strictSame(messages(schema, { a: 1 }), ["'at.b' is missing"]);
});

test('a choice without a telling key is one complaint', async (t) => {
  const forms = [
    { type: 'object', required: ['a'] },
    { type: 'object', required: ['b'] },
  ];
  t.strictSame(messages({ oneOf: forms }, {}), ["'at' has none of the allowed forms"]);
  t.strictSame(messages({ oneOf: forms, expected: 'a or b' }, {}), ["'at' must be a or b"]);
  t.strictSame(messages({ oneOf: forms }, { a: 1, b: 1 }), ["'at' has none of the allowed forms"]);
});

test('a choice between types, and one within another', async (t) => {
  const inner = { anyOf: [{ type: 'integer', minimum: 5 }, { type: 'boolean' }] };
  const outer = { anyOf: [{ type: 'string' }, { type: 'object', properties: { x: inner }, required: ['x'] }] };
  t.strictSame(messages(outer, { x: 1 }), ["'at.x' must be at least 5"]);
  t.strictSame(messages(outer, { x: 'a' }), ["'at.x' has none of the allowed forms"]);
  t.strictSame(messages(outer, {}), ["'at.x' is missing"]);
});

test('the places of items and of odd keys', async (t) => {
  const schema = { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } };
  const [finding] = check(named(schema), { 'a/b~c': ['x', 1] }, []);
  t.strictSame(finding?.path, ['a/b~c', 1]);
});

test('a schema with a mistake is our mistake', async (t) => {
  t.throws(() => check(named({ tipe: 'string' }), 1, []), /unknown keyword/);
  t.throws(() => messages({ duration: '5s' }, 1), TypeError);
});
