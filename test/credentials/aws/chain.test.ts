import { inspect } from 'node:util';
import { test } from 'tap';
import { createAwsIdentity } from '../../../src/credentials/aws/chain.ts';
import { startClocked } from './clocked-machine.ts';
import { startMachine, userKeys } from './machine.ts';

const ARN = 'arn:aws:iam::123456789012:role/r';
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAUSERenv', AWS_SECRET_ACCESS_KEY: 'secret-of-env' };
const { signal } = new AbortController();

test('a configured role is assumed with what the chain finds', async (t) => {
  const machine = await startMachine(t);
  const env = { ...machine.env, ...KEYS };
  const identity = createAwsIdentity(machine.options({ env, roleArn: ARN, externalId: 'shop' }));
  const found = await identity.credentials(signal);
  t.match(found.accessKeyId, /^ASIA/);
  t.equal(found.source, `role '${ARN}', assumed with the environment`);
  const form = machine.sts.forms[0];
  t.equal(form?.get('ExternalId'), 'shop');
  t.equal(form?.has('DurationSeconds'), false);
  t.match(form?.get('RoleSessionName'), /^keyfob-\d+$/);
  t.same(machine.identityCalls, ['success']);
  await identity.close();
});

test('with credentials that expire, both are renewed', async (t) => {
  const machine = await startClocked(t, () => ({ roleArn: ARN, env: { AWS_EC2_METADATA_DISABLED: 'false' } }));
  const first = await machine.key();
  machine.sts.generation++;
  await machine.advanceTo(55 * 60_000, 8);
  t.not(await machine.key(), first);
  t.same(
    machine.identityCalls,
    Array.from({ length: 8 }, () => 'success'),
    'three of the instance, one of STS, twice',
  );
});

test('a hundred first readers cost one call of each service', async (t) => {
  const machine = await startMachine(t);
  const env = { ...machine.env, AWS_EC2_METADATA_DISABLED: 'false' };
  const identity = createAwsIdentity(machine.options({ env, roleArn: ARN }));
  const found = await Promise.all(Array.from({ length: 100 }, () => identity.credentials(signal)));
  t.equal(new Set(found).size, 1);
  t.equal(machine.sts.server.requests.length, 1);
  t.equal(machine.imds.server.requests.length, 3);
  await identity.close();
});

test('the region of a role: its profile, the option, the environment, the last resort', async (t) => {
  const role = `role_arn = ${ARN}\ncredential_source = Environment\n`;
  const cases = [
    [`[profile shop]\n${role}region = eu-west-3\n`, { region: 'eu-west-2' }, 'eu-west-3'],
    [`[profile shop]\n${role}`, { region: 'eu-west-2' }, 'eu-west-2'],
    [`[profile shop]\n${role}`, {}, 'eu-west-1'],
    [`[profile shop]\n${role}`, { env: { AWS_REGION: '' } }, 'us-east-1'],
  ] as const;
  for (const [config, { region, env }, expected] of cases.map(
    ([text, options, wanted]) => [text, { region: undefined, env: {}, ...options }, wanted] as const,
  )) {
    const machine = await startMachine(t);
    await machine.write('.aws/config', config);
    const variables = { ...machine.env, ...KEYS, AWS_PROFILE: 'shop', ...env };
    await createAwsIdentity(machine.options({ env: variables, region })).credentials(signal);
    t.match(machine.sts.server.requests[0]?.headers['authorization'], `/${expected}/sts/aws4_request`);
  }
});

test('the endpoint of STS in the options is before that of the environment', async (t) => {
  const machine = await startMachine(t);
  const env = { ...machine.env, ...KEYS, AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' };
  const stsEndpoint = new URL(machine.sts.server.address);
  const identity = createAwsIdentity(machine.options({ env, roleArn: ARN, stsEndpoint }));
  t.match((await identity.credentials(signal)).accessKeyId, /^ASIA/);
  await identity.close();
});

test('keys that were replaced in the file are found when AWS refuses the old ones', async (t) => {
  const machine = await startMachine(t);
  await machine.write('.aws/credentials', `[default]\n${userKeys('a')}`);
  const identity = createAwsIdentity(machine.options());
  const refused = await identity.credentials(signal);
  await machine.write('.aws/credentials', `[default]\n${userKeys('b')}`);
  t.equal((await identity.credentials(signal)).accessKeyId, 'AKIAUSERa', 'static keys are not looked after');
  t.equal((await identity.replace(refused, signal)).accessKeyId, 'AKIAUSERb');
  t.equal((await identity.credentials(signal)).accessKeyId, 'AKIAUSERb');
});

test('keys cannot be printed', async (t) => {
  const machine = await startMachine(t);
  const identity = createAwsIdentity(
    machine.options({ env: { ...machine.env, ...KEYS, AWS_SESSION_TOKEN: 'canary' } }),
  );
  const found = await identity.credentials(signal);
  t.notMatch(inspect([identity, found], { depth: 9, showHidden: true }), /secret-of-env|canary/);
  t.notMatch(JSON.stringify(found), /secret-of-env|canary/);
});
