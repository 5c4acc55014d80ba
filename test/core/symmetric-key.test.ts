import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import type { CredentialSetting } from '../../src/core/credential-setting.ts';
import { readSymmetricKey } from '../../src/core/symmetric-key.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';

const KEY = randomBytes(32);
const purpose = { setting: 'cache.persistence', code: 'InvalidCacheConfig' } as const;
const readKey = (setting: CredentialSetting): Promise<Uint8Array> => readSymmetricKey(setting, purpose);

async function keyFile(t: Test, content: string | Uint8Array): Promise<CredentialSetting> {
  const file = join(await temporaryDirectory(t), 'key');
  await writeFile(file, content);
  return { file };
}

function keyVariable(t: Test, content: string): CredentialSetting {
  process.env['KEYFOB_TEST_KEY'] = content;
  t.teardown(() => delete process.env['KEYFOB_TEST_KEY']);
  return { env: 'KEYFOB_TEST_KEY' };
}

const texts: Readonly<Record<string, string>> = {
  hex: KEY.toString('hex'),
  'upper-case hex': KEY.toString('hex').toUpperCase(),
  base64: KEY.toString('base64'),
  'base64 without padding': KEY.toString('base64').replace('=', ''),
  base64url: KEY.toString('base64url'),
};

test('a key of 32 bytes is read in every form', async (t) => {
  for (const [form, text] of Object.entries(texts)) {
    t.same(await readKey(await keyFile(t, text)), KEY, `${form} in a file`);
    t.same(await readKey(await keyFile(t, `${text}\n`)), KEY, `${form} in a file with a line end`);
    t.same(await readKey(keyVariable(t, text)), KEY, `${form} in a variable`);
    t.same(await readKey(text), KEY, `${form} in the configuration`);
  }
});

test('a raw key is taken as it is, whatever its bytes look like', async (t) => {
  t.same(await readKey(await keyFile(t, KEY)), KEY);
  for (const odd of [Buffer.alloc(32, '\n'), Buffer.alloc(32, 'z'), Buffer.alloc(32, 0xff)])
    t.same(await readKey(await keyFile(t, odd)), odd);
});

test('anything else is no key, and the message does not tell what it is', async (t) => {
  const wrong = {
    nothing: '',
    'too short': randomBytes(31),
    '16 bytes in hex': randomBytes(16).toString('hex'),
    'too long': randomBytes(33),
    'raw with a line end': Buffer.concat([KEY, Buffer.from('\n')]),
    'hex, a digit short': KEY.toString('hex').slice(1),
    'hex of 24 bytes': randomBytes(24).toString('hex'),
    'base64 of 31 bytes': randomBytes(31).toString('base64'),
    'base64 of 33 bytes': randomBytes(33).toString('base64'),
    'a passphrase': 'correct horse battery staple',
  };
  for (const [what, content] of Object.entries(wrong)) {
    const setting = await keyFile(t, content);
    const error: Error = await readKey(setting).then(
      () => t.fail(what),
      (thrown) => thrown,
    );
    t.match(error, { category: 'ConfigurationError', code: 'InvalidCacheConfig' }, what);
    t.match(error.message, `file '${Object(setting).file}' is not 32 bytes`);
    if (content.length > 0) t.notOk(error.message.includes(content.toString()), 'without the content');
  }
});

test('the message names where the key was looked for', async (t) => {
  const rejects = (setting: CredentialSetting, message: RegExp): Promise<unknown> =>
    t.rejects(readKey(setting), { code: 'InvalidCacheConfig', message });
  await rejects({ env: 'KEYFOB_NO_SUCH_KEY' }, /environment variable 'KEYFOB_NO_SUCH_KEY'/);
  await rejects({ file: '/nowhere/key' }, /file '\/nowhere\/key' cannot be read/);
  await rejects('not-a-key', /in the configuration is not 32 bytes/);
});
