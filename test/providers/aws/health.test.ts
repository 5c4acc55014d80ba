import { test } from 'tap';
import { awsFailures } from '../../fakes/fake-aws-failure.ts';
import { proxyPage } from '../../fakes/fake-aws-secrets-manager.ts';
import { call, fails, startRig } from './aws-rig.ts';

test('says whose identity it is, and where it comes from', async (t) => {
  const rig = await startRig(t);
  t.match(await rig.provider.health(call), [
    /^the credentials for 'eu-west-1' come from /,
    "the identity is 'arn:aws:iam::123456789012:user/app'",
  ]);
  t.equal((await rig.provider.health(call)).length, 2);
});

test('names each action that is missing', async (t) => {
  const rig = await startRig(t);
  for (const operation of ['GetSecretValue', 'DescribeSecret', 'ListSecrets', 'BatchGetSecretValue']) {
    rig.aws.store.denied.clear();
    rig.aws.store.denied.add(operation);
    const sentences = await rig.provider.health(call);
    t.equal(sentences.length, 3);
    t.match(sentences[2], `'secretsmanager:${operation}' is not allowed`);
  }
});

test('an STS that cannot be reached is no failure', async (t) => {
  const rig = await startRig(t);
  rig.aws.fault = ({ operation }) =>
    operation === 'GetCallerIdentity'
      ? { status: 403, body: '<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>' }
      : undefined;
  t.match((await rig.provider.health(call))[1], /^STS does not say whose identity it is: /);
});

test('what a read would meet', async (t) => {
  const rig = await startRig(t);
  rig.aws.fault = () => awsFailures.unknownKey();
  await fails(t, rig.provider.health(call), 'AuthenticationError/ExpiredCredentials');
  rig.aws.fault = () => proxyPage(502);
  await fails(t, rig.provider.health(call), 'ProviderError/ProviderUnavailable');
});
