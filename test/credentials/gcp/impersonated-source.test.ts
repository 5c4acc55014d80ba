import { test } from 'tap';
import { readCredentialFile } from '../../../src/credentials/gcp/credential-file.ts';
import { parseCredential } from '../../../src/credentials/gcp/parse-credential.ts';
import type { TokenSource } from '../../../src/credentials/gcp/token-source.ts';
import { FEDERATED, GcpWorld, MACHINE, ROBOT, SUBJECT } from './gcp-world.ts';

async function source(world: GcpWorld, more = {}): Promise<TokenSource> {
  const path = await world.write('adc.json', {
    type: 'impersonated_service_account',
    service_account_impersonation_url: world.impersonationUrl(ROBOT),
    source_credentials: world.authority.keyFile(MACHINE),
    ...more,
  });
  return parseCredential(await readCredentialFile(path, 'here', world.tools), world.tools);
}

test('a key acts as another account', async (t) => {
  const world = await GcpWorld.create(t);
  world.oauth.allow(MACHINE, ROBOT);
  const made = await source(world, { delegates: ['projects/-/serviceAccounts/x@y.example', 7] });
  t.same(world.authority.bearer((await made.token(world.signal)).token.expose()), { email: ROBOT });
  const body: unknown = JSON.parse(world.oauthServer.requests.at(-1)?.body ?? '');
  t.match(body, { delegates: ['projects/-/serviceAccounts/x@y.example'], lifetime: '3600s' });
  t.same([made.kind, made.account], ['impersonation', ROBOT]);
  t.match(made.source, /^the service account key of here, which acts/);
});

test('federation acts as an account', async (t) => {
  const world = await GcpWorld.create(t);
  const inner = world.externalAccount({ file: await world.write('subject', SUBJECT) });
  const made = await source(world, { source_credentials: inner });
  t.same(world.authority.bearer((await made.token(world.signal)).token.expose()), { email: ROBOT });
  t.ok(world.oauth.tokenCreators.has(`${FEDERATED} ${ROBOT}`));
});

test('a token is not sent to others', async (t) => {
  const world = await GcpWorld.create(t);
  const url = 'https://evil.example/v1/projects/-/serviceAccounts/a@b.example:generateAccessToken';
  await t.rejects(source(world, { service_account_impersonation_url: url }), {
    message: /'service_account_impersonation_url'/,
  });
});
