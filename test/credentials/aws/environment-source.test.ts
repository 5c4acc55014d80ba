import { test } from 'tap';
import { createEnvironmentSource } from '../../../src/credentials/aws/environment-source.ts';

const keys = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'canary' };
const read = (env: Readonly<Record<string, string>>): Promise<unknown> =>
  createEnvironmentSource(env).read(new AbortController().signal);

test('the keys, with what is known of them', async (t) => {
  t.match(await read(keys), { accessKeyId: 'AKIA', source: 'the environment', expiresAt: undefined });
  t.match(await read({ ...keys, AWS_CREDENTIAL_EXPIRATION: '2200-01-01T00:00:00Z' }), {
    expiresAt: new Date('2200-01-01T00:00:00Z'),
  });
});

test('none, half of them, or a time that is none', async (t) => {
  t.same(await read({ AWS_SESSION_TOKEN: 'alone' }), { absent: "'AWS_ACCESS_KEY_ID' is not set" });
  for (const [name, value] of Object.entries(keys))
    await t.rejects(read({ [name]: value }), { code: 'InvalidCredentials', message: /without the other$/ });
  await t.rejects(read({ ...keys, AWS_CREDENTIAL_EXPIRATION: 'canary' }), {
    code: 'InvalidCredentials',
    message: "'AWS_CREDENTIAL_EXPIRATION' is not a time",
  });
});
