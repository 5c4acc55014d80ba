import { access, chmod } from 'node:fs/promises';
import { test } from 'tap';
import { createExecutableSubject } from '../../../src/credentials/gcp/subject-from-executable.ts';
import type { FindTools } from '../../../src/credentials/gcp/find-source.ts';
import { GcpWorld } from './gcp-world.ts';

const ALLOW = { GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: '1' };
const good = {
  version: 1,
  success: true,
  token_type: 'urn:ietf:params:oauth:token-type:id_token',
  id_token: 'the-token',
  expiration_time: 4_000_000_000,
};

async function script(world: GcpWorld, text: string): Promise<string> {
  const path = await world.write('program with blank.sh', `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o700);
  return path;
}

interface Options {
  readonly executable?: Readonly<Record<string, unknown>>;
  readonly tools?: Partial<FindTools>;
  readonly account?: string;
}

async function run(world: GcpWorld, text: string, { executable = {}, tools, account }: Options = {}): Promise<string> {
  const subject = {
    executable: { command: `"${await script(world, text)}" one "two three"`, ...executable },
    audience: 'the-audience',
    subjectTokenType: 'the-type',
    account,
  };
  const settings = { ...world.tools, allowExecutable: true, env: { ...ALLOW, PATH: process.env['PATH'] }, ...tools };
  return (await createExecutableSubject(subject, settings)(world.signal)).expose();
}

const print = (value: unknown): string => `cat <<'END'\n${JSON.stringify(value)}\nEND`;

test('what it prints', async (t) => {
  const world = await GcpWorld.create(t);
  t.equal(await run(world, print(good)), 'the-token');
  t.equal(
    await run(world, print({ ...good, token_type: 'urn:ietf:params:oauth:token-type:saml2', saml_response: 'saml' })),
    'saml',
  );
});

test('what it is told', async (t) => {
  const world = await GcpWorld.create(t);
  const echo = `printf '{"version":1,"success":true,"token_type":"urn:ietf:params:oauth:token-type:jwt","id_token":"%s"}' "$1|$2|$GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE|$GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE|$GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE|$GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL|$GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE"`;
  t.equal(await run(world, echo, { account: 'a@b.example' }), 'one|two three|the-audience|the-type|0|a@b.example|');
});

test('two locks', async (t) => {
  const world = await GcpWorld.create(t);
  const touched = world.path('touched');
  const text = `touch "${touched}"\n${print(good)}`;
  await t.rejects(run(world, text, { tools: { allowExecutable: false } }), {
    message: /'allowExecutable' has to allow it/,
  });
  await t.rejects(run(world, text, { tools: { env: {} } }), {
    message: /'GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES' has to be '1'/,
  });
  await t.rejects(run(world, text, { tools: { env: { GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: 'true' } } }));
  await t.rejects(access(touched), 'it was not run');
});

const broken: readonly (readonly [name: string, text: string])[] = [
  ['no JSON', 'echo canary'],
  ['another version', print({ ...good, version: 2 })],
  ['no version', print({ ...good, version: undefined })],
  ['a failure', print({ version: 1, success: false, code: 'canary', message: 'canary' })],
  ['no success', print({ ...good, success: undefined })],
  ['an unknown type', print({ ...good, token_type: 'canary' })],
  ['no token', print({ ...good, id_token: '' })],
  ['an expired token', print({ ...good, expiration_time: 1 })],
  ['a failing program', `${print(good)}\nexit 3`],
];

test('what is wrong is refused, and nothing of it is passed on', async (t) => {
  const world = await GcpWorld.create(t);
  for (const [name, text] of broken) {
    await t.rejects(run(world, text), { code: 'InvalidCredentials', cause: undefined }, name);
    await t.rejects(run(world, text), { message: /^(?!.*canary)/ }, name);
  }
  await t.rejects(run(world, '', { executable: { command: '/nowhere/program' } }), { message: /cannot be run/ });
  await t.rejects(run(world, '', { executable: { command: '' } }), { message: /has no 'command'/ });
  await t.rejects(run(world, '', { executable: { timeout_millis: 100 } }), {
    message: /'timeout_millis' is not between/,
  });
});

test('an output file saves a run while its token is good', async (t) => {
  const world = await GcpWorld.create(t);
  const output_file = await world.write('output.json', { ...good, id_token: 'kept' });
  const executable = { output_file };
  t.equal(await run(world, print(good), { executable }), 'kept');
  await world.write('output.json', { ...good, expiration_time: 1 });
  t.equal(await run(world, print(good), { executable }), 'the-token');
  for (const content of ['', 'broken', { version: 1, success: false }]) {
    await world.write('output.json', content);
    t.equal(await run(world, print(good), { executable }), 'the-token');
  }
  await t.rejects(run(world, print({ ...good, expiration_time: undefined }), { executable }), {
    message: /no 'expiration_time'/,
  });
});
