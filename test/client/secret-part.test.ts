import { test } from 'tap';
import { secretKey, wholeSecret } from '../../src/client/secret-part.ts';
import { binarySecret, textSecret } from '../fakes/secrets.ts';

test('a whole value is told as it is, with its document if it is one', async (t) => {
  const json = ' {"a": 1.0, "a":2}\n';
  t.strictSame(wholeSecret(textSecret(json)), { value: json, json });
  for (const text of ['plain', '', '1', '"text"', '{broken'])
    t.strictSame(wholeSecret(textSecret(text)), { value: text }, text);
  t.strictSame(wholeSecret(binarySecret([1, 2])), { value: Uint8Array.from([1, 2]) });
});

test('a key is told as text and as it is written', async (t) => {
  const secret = textSecret('{"user":"a\\u0062","port":5432.0,"big":9007199254740993,"in":{"x":[true]},"/slash":"s"}');
  t.strictSame(secretKey(secret, 'user'), { value: 'ab', json: '"a\\u0062"' });
  t.strictSame(secretKey(secret, 'port'), { value: '5432.0', json: '5432.0' });
  t.strictSame(secretKey(secret, 'big'), { value: '9007199254740993', json: '9007199254740993' });
  t.strictSame(secretKey(secret, 'in'), { value: '{"x":[true]}', json: '{"x":[true]}' });
  t.strictSame(secretKey(secret, '/in/x/0'), { value: 'true', json: 'true' });
  t.strictSame(secretKey(secret, '/~1slash'), { value: 's', json: '"s"' });
});

test('a key that is not there is named', async (t) => {
  const secret = textSecret('{"user":"a","in":{"x":1}}');
  for (const key of ['users', '', 'in.x', 'in/x', '/in/y', '/', '__proto__', 'constructor', '/user/length', '/slash'])
    t.throws(() => secretKey(secret, key), {
      category: 'ParseError',
      code: 'KeyNotFound',
      message: `the secret has no key '${key}'`,
    });
  t.throws(() => secretKey(textSecret('["a"]'), '0'), { code: 'KeyNotFound' });
  t.equal(secretKey(textSecret('["a"]'), '/0').value, 'a');
});

test('what is no document has no keys, and nothing of it is told', async (t) => {
  for (const secret of [textSecret('hunter2'), textSecret('"hunter2"'), textSecret('{"hunter2'), binarySecret([7])]) {
    t.throws(() => secretKey(secret, 'a'), { category: 'ParseError', code: 'JsonParseError' });
    t.throws(() => secretKey(secret, 'a'), { message: /^(?!.*hunter2)/ });
  }
});
