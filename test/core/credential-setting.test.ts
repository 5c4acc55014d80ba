import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSchemaCompiler } from '../../src/config/schema-compiler.ts';
import { type Test, test } from 'tap';
import { credentialSchema, readCredential } from '../../src/core/credential-setting.ts';

const NAME = 'KEYFOB_TEST_CREDENTIAL';

function setVariable(t: Test, value: string | undefined): void {
  t.teardown(() => delete process.env[NAME]);
  if (value === undefined) delete process.env[NAME];
  else process.env[NAME] = value;
}

const refusal = (message: string): { category: string; code: string; message: string } => ({
  category: 'AuthenticationError',
  code: 'InvalidCredentials',
  message,
});

test('the credential itself is taken as it is', async (t) => {
  t.equal((await readCredential(' literal ')).expose(), ' literal ');
});

test('from the environment', async (t) => {
  setVariable(t, ' from-env\n');
  t.equal((await readCredential({ env: NAME })).expose(), 'from-env');
});

test('a variable that is missing, empty or blank is named', async (t) => {
  for (const value of [undefined, '', ' \n']) {
    setVariable(t, value);
    const message = `the credential in environment variable '${NAME}' is missing or empty`;
    await t.rejects(readCredential({ env: NAME }), refusal(message));
  }
});

test('from a file, anew each time, without the white space around it', async (t) => {
  const file = join(t.testdir({ token: '\n first \r\n' }), 'token');
  t.equal((await readCredential({ file })).expose(), 'first');
  await writeFile(file, 'second\n');
  t.equal((await readCredential({ file })).expose(), 'second');
});

test('a file that is missing or empty is named', async (t) => {
  const root = t.testdir({ empty: ' \n' });
  const empty = join(root, 'empty');
  await t.rejects(readCredential({ file: empty }), refusal(`the credential in file '${empty}' is missing or empty`));
  const missing = join(root, 'missing');
  await t.rejects(readCredential({ file: missing }), refusal(`the credential file '${missing}' cannot be read`));
  await t.rejects(readCredential({ file: root }), refusal(`the credential file '${root}' cannot be read`));
});

test('the schema takes the three forms and no other', async (t) => {
  const validate = createSchemaCompiler().compile(credentialSchema);
  for (const setting of ['x', { env: 'X' }, { file: '/x' }]) t.ok(validate(setting), JSON.stringify(setting));
  for (const setting of ['', {}, { env: '' }, { file: '' }, { env: 'X', file: '/x' }, { token: 'x' }, 1, null, ['x']])
    t.notOk(validate(setting), JSON.stringify(setting));
});
