import { writeFile } from 'node:fs/promises';
import { test } from 'tap';
import { readCredentialFile } from '../../../src/credentials/gcp/credential-file.ts';
import { createExternalAccountSource } from '../../../src/credentials/gcp/external-account-source.ts';
import type { TokenSource } from '../../../src/credentials/gcp/token-source.ts';
import { FEDERATED, GcpWorld, ROBOT, SUBJECT } from './gcp-world.ts';

async function source(world: GcpWorld, more = {}, from = {}): Promise<TokenSource> {
  const file = await world.write('subject', `${SUBJECT}\n`);
  const path = await world.write('wif.json', world.externalAccount({ file, ...from }, more));
  return createExternalAccountSource(await readCredentialFile(path, 'here', world.tools), world.tools);
}

test('a token of the cluster is exchanged, without the white space around it', async (t) => {
  const world = await GcpWorld.create(t);
  const answer = await (await source(world)).token(world.signal);
  t.same(world.authority.bearer(answer.token.expose()), { email: FEDERATED });
  t.equal(answer.lifetimeMs, 3_599_000);
});

test('the file is read anew for each exchange', async (t) => {
  const world = await GcpWorld.create(t);
  const made = await source(world);
  await made.token(world.signal);
  await writeFile(world.path('subject'), 'rotated');
  await t.rejects(made.token(world.signal), {
    code: 'InvalidCredentials',
    message: /^the subject token is not accepted/,
  });
  world.oauth.subjects.set('rotated', FEDERATED);
  t.ok(await made.token(world.signal));
});

test('it may act as an account, for as long as the file says', async (t) => {
  const world = await GcpWorld.create(t);
  const made = await source(world, {
    service_account_impersonation_url: world.impersonationUrl(ROBOT),
    service_account_impersonation: { token_lifetime_seconds: 900 },
  });
  t.equal(made.account, ROBOT);
  const answer = await made.token(world.signal);
  t.same(world.authority.bearer(answer.token.expose()), { email: ROBOT });
  t.ok((answer.lifetimeMs ?? 0) <= 900_000);
});

test('a client that has an id says who it is', async (t) => {
  const world = await GcpWorld.create(t);
  const made = await source(world, { client_id: 'id', client_secret: 'secret' });
  await t.rejects(made.token(world.signal), { message: /of a client that does not exist/ });
  const basic = `Basic ${Buffer.from('id:secret').toString('base64')}`;
  t.equal(world.oauthServer.requests.at(-1)?.headers.authorization, basic);
});

test('a workforce pool names the project that pays', async (t) => {
  const world = await GcpWorld.create(t);
  const audience = '//iam.googleapis.com/locations/global/workforcePools/pool/providers/okta';
  const made = await source(world, { audience, workforce_pool_user_project: '7' });
  await t.rejects(made.token(world.signal), { message: /'audience' names no pool/ });
  const form = new URLSearchParams(world.oauthServer.requests.at(-1)?.body);
  t.equal(form.get('options'), '{"userProject":"7"}');
});

test('nothing is sent to others', async (t) => {
  const world = await GcpWorld.create(t);
  await t.rejects(source(world, { token_url: 'https://evil.example/token' }), { message: /'token_url'/ });
  const url = 'https://evil.example/v1/projects/-/serviceAccounts/a@b.example:generateAccessToken';
  await t.rejects(source(world, { service_account_impersonation_url: url }), { message: /impersonation_url/ });
});

test('what is missing is named', async (t) => {
  const world = await GcpWorld.create(t);
  for (const member of ['audience', 'subject_token_type', 'credential_source'])
    await t.rejects(source(world, { [member]: undefined }), {
      message: `the credential file of here has no '${member}'`,
    });
  await t.rejects(source(world, {}, { file: undefined, certificate: {} }), {
    message: /none of file, url, aws and executable/,
  });
});
