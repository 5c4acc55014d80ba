import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { fails, startRig } from './vault-rig.ts';

const INVALID = 'AuthenticationError/InvalidCredentials';

test('kubernetes reads the token of its service account at every login', async (t) => {
  const jwtPath = join(t.testdir(), 'token');
  await writeFile(jwtPath, 'the-jwt\n');
  const rig = await startRig(t, { auth: { method: 'kubernetes', role: 'app', jwtPath } });
  t.equal(await rig.text('app/db'), '{"a":1}');
  t.same(JSON.parse(rig.vault.requests[0]?.body ?? ''), { role: 'app', jwt: 'the-jwt' });
  await writeFile(jwtPath, 'the-next-jwt\n');
  rig.vault.jwt.jwt = 'the-next-jwt';
  rig.vault.tokens.clear();
  t.equal(await rig.text('app/db'), '{"a":1}');
  t.equal(rig.vault.count('auth/kubernetes/login'), 2);
});

test('a service account token that is not there names the file', async (t) => {
  const rig = await startRig(t, { auth: { method: 'kubernetes', role: 'app', jwtPath: '/nowhere/token' } });
  t.match((await fails(t, rig.get('app/db'), INVALID)).message, "'/nowhere/token' cannot be read");
  t.equal(rig.vault.requests.length, 0);
});

test('a role that the store does not know', async (t) => {
  const rig = await startRig(t, { auth: { method: 'jwt', role: 'other', jwt: 'the-jwt' } });
  t.match((await fails(t, rig.get('app/db'), INVALID)).message, "does not know the role: see 'auth.role'");
  t.notMatch(rig.log.text(), 'the-jwt');
});

test('a JWT, with a role and without', async (t) => {
  const rig = await startRig(t, { auth: { method: 'jwt', role: 'app', jwt: 'the-jwt' } });
  t.equal(await rig.text('app/db'), '{"a":1}');
  const bare = await startRig(t, { auth: { method: 'jwt', jwt: 'the-jwt' } });
  t.same(JSON.parse(bare.vault.requests[0]?.body ?? ''), { jwt: 'the-jwt' });
});

test('a login at a mount of another name', async (t) => {
  const rig = await startRig(t, { auth: { method: 'jwt', role: 'app', jwt: 'the-jwt', mount: '/ci/gitlab/' } });
  t.equal(rig.vault.requests[0]?.path, 'auth/ci/gitlab/login');
});
