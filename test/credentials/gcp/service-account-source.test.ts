import { test } from 'tap';
import { readCredentialFile } from '../../../src/credentials/gcp/credential-file.ts';
import { createServiceAccountSource } from '../../../src/credentials/gcp/service-account-source.ts';
import type { TokenSource } from '../../../src/credentials/gcp/token-source.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { GcpWorld, ROBOT } from './gcp-world.ts';

async function source(world: GcpWorld, signsItself: boolean, more = {}): Promise<TokenSource> {
  const key = world.authority.keyFile(ROBOT, { token_uri: `${world.oauthServer.origin}/token`, ...more });
  const tools = { ...world.tools, signsItself };
  return createServiceAccountSource(await readCredentialFile(await world.write('key.json', key), 'here', tools), tools);
}

test('it signs its own tokens without a call', async (t) => {
  const world = await GcpWorld.create(t);
  const answer = await (await source(world, true)).token(world.signal);
  t.same(world.authority.bearer(answer.token.expose()), { email: ROBOT });
  t.equal(answer.isSelfSigned, true);
  t.equal(answer.lifetimeMs, 3_600_000);
  t.equal(world.oauthServer.requests.length, 0);
});

test('it asks at the token endpoint', async (t) => {
  const world = await GcpWorld.create(t);
  const answer = await (await source(world, false)).token(world.signal);
  t.same(world.authority.bearer(answer.token.expose()), { email: ROBOT });
  t.equal(answer.isSelfSigned, undefined);
  t.equal(answer.lifetimeMs, 3_599_000);
});

test('a clock that is wrong is told', async (t) => {
  const clock = new FakeClock();
  const world = await GcpWorld.create(t);
  const tools = { ...world.tools, clock, signsItself: false };
  const key = world.authority.keyFile(ROBOT, { token_uri: `${world.oauthServer.origin}/token` });
  const path = await world.write('key.json', key);
  const made = createServiceAccountSource(await readCredentialFile(path, 'here', tools), tools);
  await t.rejects(made.token(world.signal), { code: 'ExpiredCredentials', message: /see the clock of this machine/ });
});

test('a deleted account, and another key than it has', async (t) => {
  const world = await GcpWorld.create(t);
  const other = await source(world, false, { private_key_id: 'another' });
  await t.rejects(other.token(world.signal), { code: 'InvalidCredentials', message: /the key of 'keyfob@shop/ });
  world.authority.deleteAccount(ROBOT);
  const gone = await source(world, false, { client_email: 'gone@shop.iam.gserviceaccount.com' });
  await t.rejects(gone.token(world.signal), { code: 'InvalidCredentials' });
});

test('a key is not sent to others', async (t) => {
  const world = await GcpWorld.create(t);
  await t.rejects(source(world, false, { token_uri: 'https://evil.example/token' }), { message: /'token_uri'/ });
});

test('whose it is, and of which project', async (t) => {
  const world = await GcpWorld.create(t);
  const {
    kind,
    account,
    projectId,
    quotaProject,
    source: words,
  } = await source(world, true, { quota_project_id: 'p' });
  t.same([kind, account, projectId, quotaProject], ['service-account', ROBOT, 'shop', 'p']);
  t.equal(words, 'the service account key of here');
});
