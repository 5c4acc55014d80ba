import { test } from 'tap';
import { SecretParts } from '../../src/client/secret-part.ts';
import { binarySecret, textSecret } from '../fakes/secrets.ts';

test('a whole value is told as it is, with its document if it is one', async (t) => {
  const json = ' {"a": 1.0, "a":2}\n';
  t.strictSame(new SecretParts(textSecret(json)).whole(), { value: json, json });
  for (const text of ['plain', '', '1', '"text"', '{broken'])
    t.strictSame(new SecretParts(textSecret(text)).whole(), { value: text }, text);
  t.strictSame(new SecretParts(binarySecret([1, 2])).whole(), { value: Uint8Array.from([1, 2]) });
});

test('a key is told as text and as it is written', async (t) => {
  const secret = textSecret('{"user":"a\\u0062","port":5432.0,"big":9007199254740993,"in":{"x":[true]},"/slash":"s"}');
  t.strictSame(new SecretParts(secret).key('user'), { value: 'ab', json: '"a\\u0062"' });
  t.strictSame(new SecretParts(secret).key('port'), { value: '5432.0', json: '5432.0' });
  t.strictSame(new SecretParts(secret).key('big'), { value: '9007199254740993', json: '9007199254740993' });
  t.strictSame(new SecretParts(secret).key('in'), { value: '{"x":[true]}', json: '{"x":[true]}' });
  t.strictSame(new SecretParts(secret).key('/in/x/0'), { value: 'true', json: 'true' });
  t.strictSame(new SecretParts(secret).key('/~1slash'), { value: 's', json: '"s"' });
});

test('a key that is not there is named', async (t) => {
  const secret = textSecret('{"user":"a","in":{"x":1}}');
  for (const key of ['users', '', 'in.x', 'in/x', '/in/y', '/', '__proto__', 'constructor', '/user/length', '/slash'])
    t.throws(() => new SecretParts(secret).key(key), {
      category: 'ParseError',
      code: 'KeyNotFound',
      message: `the secret has no key '${key}'`,
    });
  t.throws(() => new SecretParts(textSecret('["a"]')).key('0'), { code: 'KeyNotFound' });
  t.equal(new SecretParts(textSecret('["a"]')).key('/0').value, 'a');
});

test('what is no document has no keys, and nothing of it is told', async (t) => {
  for (const secret of [textSecret('hunter2'), textSecret('"hunter2"'), textSecret('{"hunter2'), binarySecret([7])]) {
    t.throws(() => new SecretParts(secret).key('a'), { category: 'ParseError', code: 'JsonParseError' });
    t.throws(() => new SecretParts(secret).key('a'), { message: /^(?!.*hunter2)/ });
  }
});
