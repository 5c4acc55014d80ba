import { inspect } from 'node:util';
import { test } from 'tap';
import { parseCredentials } from '../../../src/credentials/aws/parse-credentials.ts';

const whole = {
  AccessKeyId: 'a',
  SecretAccessKey: 'canary-secret',
  Token: 'canary-token',
  Expiration: '2200-01-01T00:00:00Z',
};
const temporary = { token: 'Token', isTemporary: true } as const;
const lasting = { token: 'SessionToken', isTemporary: false } as const;

test('all parts', (t) => {
  const found = parseCredentials(JSON.stringify({ ...whole, More: 1 }), 'a test', temporary);
  t.equal(found.accessKeyId, 'a');
  t.equal(found.secretAccessKey.expose(), 'canary-secret');
  t.equal(found.sessionToken?.expose(), 'canary-token');
  t.equal(found.expiresAt?.toISOString(), '2200-01-01T00:00:00.000Z');
  t.equal(found.source, 'a test');
  t.notMatch(inspect(found), /canary/);
  t.end();
});

test('temporary ones need all four, lasting ones the pair', (t) => {
  for (const key of Object.keys(whole))
    for (const value of [undefined, '', 1, null])
      t.throws(() => parseCredentials(JSON.stringify({ ...whole, [key]: value }), 'a test', temporary), {
        code: 'InvalidCredentials',
        message: 'a test answers without all parts of credentials',
      });
  const { AccessKeyId, SecretAccessKey } = whole;
  const found = parseCredentials(
    JSON.stringify({ AccessKeyId, SecretAccessKey, Token: 'not this' }),
    'a test',
    lasting,
  );
  t.equal(found.sessionToken, undefined);
  t.equal(found.expiresAt, undefined);
  t.end();
});

test('what is no object, or has no good time, is refused without a word of it', (t) => {
  for (const text of ['', 'canary', '"canary"', '["canary"]', 'null', '{"canary"'])
    t.throws(() => parseCredentials(text, 'a test', lasting), {
      message: 'a test answers with something else than a JSON object',
      cause: undefined,
    });
  t.throws(() => parseCredentials(JSON.stringify({ ...whole, Expiration: 'canary' }), 'a test', temporary), {
    message: "a test answers with an 'Expiration' that is not a time",
  });
  t.end();
});
