import { test } from 'tap';
import { KEY_ID, startFakeSecretsManager } from '../../fakes/fake-aws-secrets-manager.ts';
import { AwsRig, call, fails, fakeEnv, startRig } from './aws-rig.ts';

test('our account is learnt from STS at the start, or from the first answer by name', async (t) => {
  const rig = await startRig(t);
  t.same(rig.aws.operations, ['GetCallerIdentity', 'GetCallerIdentity'], 'once more for the clock');
  t.same(rig.identityCalls.at(-1), 'success');
  const arn = rig.aws.store.secrets.get('app/db')?.arn ?? '';
  t.equal(rig.provider.locate(arn, {}).id, 'app/db');

  const late = new AwsRig(rig.aws, {});
  t.teardown(() => late.provider.close());
  t.throws(() => late.provider.locate(arn, {}), { code: 'ProviderUnavailable' });
  await late.get('app/db');
  t.equal(late.provider.locate(arn, {}).id, 'app/db');
});

test('a wrong setting ends the start, a store that is down does not', async (t) => {
  const aws = await startFakeSecretsManager();
  const start = async (env: Readonly<Record<string, string>>, options = {}) => {
    const rig = new AwsRig(aws, { env, options });
    t.teardown(() => rig.provider.close());
    await rig.provider.start();
    return rig;
  };
  const error = await fails(t, start(fakeEnv, { region: undefined }), 'ConfigurationError/InvalidProvider');
  t.match(error.message, /'AWS_REGION'/);
  const found = await start({ ...fakeEnv, AWS_REGION: 'eu-west-1' }, { region: undefined });
  aws.store.put('app/db', 'x');
  t.equal((await found.get('app/db')).metadata.region, 'eu-west-1');
  await fails(t, start({ ...fakeEnv, AWS_USE_FIPS_ENDPOINT: 'true' }), 'ConfigurationError/InvalidProvider');
  await fails(t, start(fakeEnv, { tls: { ca: '/nowhere.pem' } }), 'ConfigurationError/InvalidProvider');
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...noKey } = fakeEnv;
  const without = await start(noKey);
  t.equal(without.log.messages('error').length, 1);
  t.same(without.provider.status(), {}, 'there is no identity yet');
  t.match(await fails(t, without.get('app/db'), 'AuthenticationError/InvalidCredentials'), {
    message: /no credentials/,
  });
  aws.keys.delete(KEY_ID);
  const refused = await start(fakeEnv);
  t.equal(refused.log.messages('error').length, 1);
  await aws.close();
});

test('an endpoint without encryption draws a warning at each start', async (t) => {
  const rig = new AwsRig(await startFakeSecretsManager(), {
    options: { endpoint: 'http://192.0.2.1:1', insecure: true },
  });
  await rig.provider.start();
  t.match(rig.log.messages('warn'), [/'insecure' is on/]);
  await rig.provider.close();
  await rig.provider.close();
  await rig.aws.close();
});

test('an ARN of another account is asked as it is', async (t) => {
  const rig = await startRig(t);
  const arn = 'arn:aws:secretsmanager:eu-west-1:999999999999:secret:app/db-AbCd12';
  await fails(t, rig.get(arn), 'SecretNotFoundError/SecretDoesNotExist');
  t.same(rig.aws.inputs('GetSecretValue'), [{ SecretId: arn, VersionStage: 'AWSCURRENT' }]);
});

test('the log holds no key, token, value or address', async (t) => {
  const rig = await startRig(t);
  rig.aws.keys.set(KEY_ID, { secretAccessKey: 'other' });
  await fails(t, rig.get('app/db'), 'AuthenticationError/InvalidCredentials');
  await fails(t, rig.provider.health(call), 'AuthenticationError/InvalidCredentials');
  t.not(rig.log.lines.length, 0);
  t.notMatch(rig.log.text(), /wJalr|127\.0\.0\.1|AWS4-HMAC/);
});
