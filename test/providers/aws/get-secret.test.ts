import { test } from 'tap';
import { awsFailures } from '../../fakes/fake-aws-failure.ts';
import { fails, startRig } from './aws-rig.ts';

test('version, stage, both, and the current one by its label', async (t) => {
  const rig = await startRig(t);
  const secret = rig.aws.store.put('app/db', '{"a":2}');
  const [first = '', second = ''] = secret.versions.map(({ id }) => id);
  secret.move('blue', first);
  t.match(await rig.get('app/db'), {
    version: second,
    stages: ['current'],
    createdAt: Date,
    metadata: { name: 'app/db', arn: secret.arn, region: 'eu-west-1', currentVersion: second },
  });
  t.match(await rig.get('app/db', undefined, 'previous'), { version: first, stages: ['previous', 'blue'] });
  t.equal((await rig.get('app/db', undefined, 'AWSPREVIOUS')).version, first);
  t.equal((await rig.get('app/db', undefined, 'blue')).version, first);
  t.notOk((await rig.get('app/db', first)).metadata.currentVersion, 'an older version does not tell the current one');
  t.equal((await rig.get('app/db', first, 'blue')).version, first);
  await fails(t, rig.get('app/db', second, 'blue'), 'SecretNotFoundError/StageNotFound');
  t.same(rig.aws.inputs('GetSecretValue'), [
    { SecretId: 'app/db', VersionStage: 'AWSCURRENT' },
    { SecretId: 'app/db', VersionStage: 'AWSPREVIOUS' },
    { SecretId: 'app/db', VersionStage: 'AWSPREVIOUS' },
    { SecretId: 'app/db', VersionStage: 'blue' },
    { SecretId: 'app/db', VersionId: first },
    { SecretId: 'app/db', VersionId: first, VersionStage: 'blue' },
    { SecretId: 'app/db', VersionId: second, VersionStage: 'blue' },
  ]);
});

test('by complete and by partial ARN', async (t) => {
  const rig = await startRig(t);
  const arn = rig.aws.store.secrets.get('app/db')?.arn ?? '';
  t.equal(await rig.text(arn), '{"a":1}');
  t.equal(await rig.text(arn.slice(0, -7)), '{"a":1}');
  t.equal((await rig.get(arn)).metadata.name, 'app/db');
});

test('a secret without a value, and one that is marked for deletion', async (t) => {
  const rig = await startRig(t);
  rig.aws.store.add('app/empty');
  await fails(t, rig.get('app/empty'), 'SecretNotFoundError/StageNotFound');
  rig.aws.store.add('app/bare').put(undefined);
  await fails(t, rig.get('app/bare'), 'SecretNotFoundError/StageNotFound');
  const secret = rig.aws.store.secrets.get('app/db');
  if (secret !== undefined) secret.deletedAt = 1;
  await fails(t, rig.get('app/db'), 'SecretNotFoundError/SecretDoesNotExist');
});

test('a missing version of a secret that may not be described', async (t) => {
  const rig = await startRig(t);
  rig.aws.store.denied.add('DescribeSecret');
  await fails(t, rig.get('app/db', undefined, 'previous'), 'SecretNotFoundError/StageNotFound');
  await fails(t, rig.get('app/none', undefined, 'previous'), 'SecretNotFoundError/StageNotFound');
});

test('a missing stage in the words of moto, which has those of a missing secret', async (t) => {
  const rig = await startRig(t);
  rig.aws.fault = ({ operation }) => (operation === 'GetSecretValue' ? awsFailures.noSecret() : undefined);
  await fails(t, rig.get('app/db', undefined, 'previous'), 'SecretNotFoundError/StageNotFound');
  await fails(t, rig.get('app/db'), 'SecretNotFoundError/SecretDoesNotExist');
});

test('refusals', async (t) => {
  const rig = await startRig(t);
  const { store } = rig.aws;
  const secret = store.put('app/locked', 'x');
  secret.kms = 'refuses';
  await fails(t, rig.get('app/locked'), 'AccessError/KmsAccessDenied');
  secret.kms = 'disabled';
  await fails(t, rig.get('app/locked'), 'AccessError/KmsAccessDenied');
  store.deniedByResource.add('app/locked');
  await fails(t, rig.get('app/locked'), 'AccessError/ResourcePolicyDenied');
  store.denied.add('GetSecretValue');
  const error = await fails(t, rig.get('app/db'), 'AccessError/AccessDenied');
  t.match(error.message, "'secretsmanager:GetSecretValue'");
  t.same(rig.log.messages('error'), [], 'a refusal of a secret is no trouble of the instance');
});
