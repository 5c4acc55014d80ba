import { test } from 'tap';
import { parseFormat } from '../../../src/credentials/gcp/subject-token.ts';

test('text', async (t) => {
  t.equal(parseFormat({})('  token\n').expose(), 'token');
  t.equal(parseFormat({ format: { type: 'text' } })('token').expose(), 'token');
  t.throws(() => parseFormat({})(' \n'), { code: 'InvalidCredentials', message: /no subject token/ });
});

test('a member of JSON', async (t) => {
  const read = parseFormat({ format: { type: 'json', subject_token_field_name: 'token' } });
  t.equal(read('{"token":"x"}').expose(), 'x');
  for (const text of ['{"other":"canary"}', 'canary', '{"token":7}', '["canary"]']) {
    t.throws(() => read(text), { code: 'InvalidCredentials' });
    t.throws(() => read(text), { message: /^[^c]*there is no subject token where/ });
  }
});

test('other formats', async (t) => {
  t.throws(() => parseFormat({ format: { type: 'xml' } }), { message: /neither 'text' nor 'json'/ });
  t.throws(() => parseFormat({ format: { type: 'json' } }), { message: /'subject_token_field_name'/ });
});
