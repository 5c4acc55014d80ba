import { test } from 'tap';
import { fails, startRig } from './vault-rig.ts';

const VARIABLES = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'canary-secret' };

test('the AWS login signs with what the environment has, and ends what it opened', async (t) => {
  Object.assign(process.env, VARIABLES);
  t.teardown(() => Object.keys(VARIABLES).forEach((name) => delete process.env[name]));
  const rig = await startRig(t, { auth: { method: 'aws', role: 'app' } });
  // The fake has no such login, and Vault's answer to that names the mount.
  await fails(t, rig.get('app/db'), 'AuthenticationError/InvalidCredentials');
  const [login] = rig.vault.requests;
  t.equal(login?.path, 'auth/aws/login');
  const { role, iam_request_headers: headers } = JSON.parse(login?.body ?? '{}');
  t.equal(role, 'app');
  t.match(Buffer.from(headers, 'base64').toString(), /AKIATEST/);
  t.notMatch(`${login?.body}${rig.log.text()}`, 'canary-secret');
  await rig.provider.close();
  t.equal(rig.clock.timers, 0);
});
