import { test } from 'tap';
import { createAuthorizedUserSource } from '../../../src/credentials/gcp/authorized-user-source.ts';
import { readCredentialFile } from '../../../src/credentials/gcp/credential-file.ts';
import type { TokenSource } from '../../../src/credentials/gcp/token-source.ts';
import { GcpWorld } from './gcp-world.ts';

const ANNA = { email: 'anna@example.com', clientId: 'id', clientSecret: 'secret', refreshToken: 'refresh' };

async function source(world: GcpWorld, more = {}): Promise<TokenSource> {
  const path = await world.write('adc.json', {
    type: 'authorized_user',
    client_id: 'id',
    client_secret: 'secret',
    refresh_token: 'refresh',
    token_uri: `${world.oauthServer.origin}/token`,
    ...more,
  });
  return createAuthorizedUserSource(await readCredentialFile(path, 'here', world.tools), world.tools);
}

test('a refresh token is exchanged', async (t) => {
  const world = await GcpWorld.create(t);
  world.oauth.users.push(ANNA);
  const { token } = await (await source(world)).token(world.signal);
  t.same(world.authority.bearer(token.expose()), { email: 'anna@example.com' });
});

test('one that was revoked, and a client that is gone', async (t) => {
  const world = await GcpWorld.create(t);
  world.oauth.users.push(ANNA);
  const revoked = await source(world, { refresh_token: 'old' });
  await t.rejects(revoked.token(world.signal), { code: 'ExpiredCredentials', message: /^the user's login/ });
  const gone = await source(world, { client_secret: 'another' });
  await t.rejects(gone.token(world.signal), { code: 'InvalidCredentials', message: /of a client that does not exist/ });
});

test('what is missing is named', async (t) => {
  const world = await GcpWorld.create(t);
  for (const member of ['client_id', 'client_secret', 'refresh_token'])
    await t.rejects(source(world, { [member]: '' }), { message: `the credential file of here has no '${member}'` });
});
