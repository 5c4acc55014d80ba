import {
  BatchGetSecretValueCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { isSecretsError } from '../../../src/core/errors/secrets-error.ts';
import { awsFailures } from '../../fakes/fake-aws-failure.ts';
import { type CodePlace, KEY_ID, SECRET_KEY } from '../../fakes/fake-aws-secrets-manager.ts';
import { call, startRig } from './aws-rig.ts';

test('the official SDK reads the same from the fake as we do', async (t) => {
  const rig = await startRig(t);
  const { store } = rig.aws;
  const sdk = new SecretsManagerClient({
    endpoint: rig.aws.address,
    region: 'eu-west-1',
    credentials: { accessKeyId: KEY_ID, secretAccessKey: SECRET_KEY },
    maxAttempts: 1,
  });
  t.teardown(() => sdk.destroy());
  const secret = store.put('app/db', 'second');
  store.put('app/tagged', 'x', { team: 'shop' });
  store.put('app/key', Uint8Array.of(1, 2, 255), { team: 'shop' });
  secret.rotation = { enabled: true, next: 1_900_000_000.25 };

  await t.test('values', async (t) => {
    for (const stage of ['current', 'previous']) {
      const VersionStage = stage === 'current' ? 'AWSCURRENT' : 'AWSPREVIOUS';
      const theirs = await sdk.send(new GetSecretValueCommand({ SecretId: 'app/db', VersionStage }));
      const ours = await rig.get('app/db', undefined, stage);
      t.equal(ours.value.expose(), theirs.SecretString);
      t.equal(ours.version, theirs.VersionId);
      t.same(ours.createdAt, theirs.CreatedDate);
      t.equal(ours.metadata.arn, theirs.ARN);
    }
    const theirs = await sdk.send(new GetSecretValueCommand({ SecretId: 'app/key' }));
    t.same((await rig.get('app/key')).value.expose(), theirs.SecretBinary);
  });

  await t.test('metadata, lists and histories', async (t) => {
    const theirs = await sdk.send(new DescribeSecretCommand({ SecretId: 'app/db' }));
    const ours = await rig.provider.describe('app/db', call);
    t.same(ours.nextRotation, theirs.NextRotationDate);
    t.same(ours.createdAt, theirs.CreatedDate);
    const tagged = await sdk.send(new DescribeSecretCommand({ SecretId: 'app/tagged' }));
    const { tags } = await rig.provider.describe('app/tagged', call);
    t.same(
      Object.entries(tags ?? {}),
      tagged.Tags?.map(({ Key, Value }) => [Key, Value]),
    );
    t.same(theirs.VersionIdsToStages?.[ours.currentVersion ?? ''], ['AWSCURRENT']);
    const listed = await sdk.send(new ListSecretsCommand({ SortBy: 'name', SortOrder: 'asc' }));
    const { items } = await rig.provider.list({ prefix: '', tags: {}, limit: 10 }, call);
    t.same(
      items.map(({ name }) => name),
      listed.SecretList?.map(({ Name }) => Name),
    );
    const rows = await sdk.send(new ListSecretVersionIdsCommand({ SecretId: 'app/db', IncludeDeprecated: true }));
    const history = await rig.provider.versions('app/db', { limit: 10 }, call);
    t.same(history.items.map(({ version }) => version).sort(), rows.Versions?.map(({ VersionId }) => VersionId).sort());
  });

  await t.test('several at once', async (t) => {
    const ids = ['app/db', 'app/none', 'app/key'];
    const theirs = await sdk.send(new BatchGetSecretValueCommand({ SecretIdList: ids }));
    const ours = await rig.provider.batch.get(
      ids.map((id) => ({ id, selector: {} })),
      call,
    );
    t.same(
      ours.map((item) => isSecretsError(item)),
      ids.map((id) => theirs.Errors?.some(({ SecretId }) => SecretId === id)),
    );
  });

  await t.test('errors, wherever the code stands', async (t) => {
    for (const place of ['type', 'qualified', 'code', 'header'] satisfies readonly CodePlace[]) {
      rig.aws.codePlace = place;
      const command = new GetSecretValueCommand({ SecretId: 'app/none' });
      await t.rejects(sdk.send(command), { name: 'ResourceNotFoundException' }, place);
    }
    for (const failure of [
      awsFailures.throttled(),
      awsFailures.kmsDisabled(),
      awsFailures.denied('GetSecretValue', 'x'),
    ]) {
      rig.aws.fault = () => failure;
      const command = new GetSecretValueCommand({ SecretId: 'app/db' });
      await t.rejects(sdk.send(command), { name: failure.code, message: failure.message });
    }
    rig.aws.fault = () => undefined;
  });

  await t.test('a rotation', async (t) => {
    const ClientRequestToken = randomUUID();
    const theirs = await sdk.send(new RotateSecretCommand({ SecretId: 'app/db', ClientRequestToken }));
    t.equal(theirs.VersionId, ClientRequestToken);
    t.match(await rig.provider.rotate('app/db', { ...call, idempotencyToken: ClientRequestToken }), {
      versionId: ClientRequestToken,
      status: 'in-progress',
    });
  });
});
