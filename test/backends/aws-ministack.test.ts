import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import { isSecretsError } from '../../src/core/errors/secrets-error.ts';
import { call, fails } from '../providers/aws/aws-rig.ts';
import { askAws, callSecretsManager } from './aws-call.ts';
import { startAwsProvider } from './aws-provider.ts';
import { awsTest } from './backend-test.ts';
import { startMinistack } from './ministack.ts';

const region = 'eu-west-1';
const keys = { id: 'AKIATEST', secret: 'test' };

async function startRig(t: Test) {
  const ministack = await startMinistack();
  t.teardown(() => ministack.stop());
  const { address } = ministack;
  const { provider } = await startAwsProvider({ address, region }, keys);
  t.teardown(() => provider.close());
  return {
    address,
    provider,
    call: (operation: string, input: object) => callSecretsManager({ address, region, keys }, operation, input),
    get: (path: string, selector = {}) => provider.get(provider.locate(path, selector), call),
  };
}

await awsTest('what is missing answers 400, as at AWS', async (t) => {
  const rig = await startRig(t);
  const answer = await askAws({
    address: rig.address,
    service: 'secretsmanager',
    region,
    keys,
    target: 'secretsmanager.GetSecretValue',
    body: '{"SecretId":"app/none"}',
  });
  t.match(answer, { status: 400, text: /ResourceNotFoundException/ });
  await fails(t, rig.get('app/none'), 'SecretNotFoundError/SecretDoesNotExist');
  await rig.call('CreateSecret', { Name: 'app/empty' });
  await fails(t, rig.get('app/empty'), 'SecretNotFoundError/StageNotFound');
  await rig.call('CreateSecret', { Name: 'app/gone', SecretString: 'x' });
  await fails(t, rig.get('app/gone', { stage: 'previous' }), 'SecretNotFoundError/StageNotFound');
  await rig.call('DeleteSecret', { SecretId: 'app/gone' });
  await fails(t, rig.get('app/gone'), 'SecretNotFoundError/SecretDoesNotExist');
  await fails(t, rig.provider.describe('app/gone', call), 'SecretNotFoundError/SecretDoesNotExist');
  const batch = await rig.provider.batch?.get([{ id: 'app/gone', selector: {} }], call);
  t.same(
    batch?.map((item) => isSecretsError(item) && item.code),
    ['SecretDoesNotExist'],
  );
});

await awsTest('stages move as at AWS: pending, current, previous', async (t) => {
  const rig = await startRig(t);
  const { VersionId: first, ARN } = await rig.call('CreateSecret', { Name: 'app/db', SecretString: 'first' });
  const { VersionId: second } = await rig.call('PutSecretValue', {
    SecretId: 'app/db',
    SecretString: 'second',
    VersionStages: ['AWSPENDING'],
  });
  t.equal((await rig.get('app/db')).value.expose(), 'first');
  t.equal((await rig.get('app/db', { stage: 'pending' })).value.expose(), 'second');
  await rig.call('UpdateSecretVersionStage', {
    SecretId: 'app/db',
    VersionStage: 'AWSCURRENT',
    MoveToVersionId: second,
    RemoveFromVersionId: first,
  });
  t.match(await rig.get('app/db'), { version: second, metadata: { arn: ARN, currentVersion: second } });
  t.match(await rig.get(ARN, { stage: 'AWSPREVIOUS' }), { version: first, stages: ['previous'] });
  t.match(await rig.provider.describe('app/db', call), { currentVersion: second, rotationEnabled: false, region });
});

await awsTest('a rotation is refused where there is none, and starts where there is', async (t) => {
  const rig = await startRig(t);
  await rig.call('CreateSecret', { Name: 'app/db', SecretString: 'first' });
  const rotate = () => rig.provider.rotate('app/db', { ...call, idempotencyToken: randomUUID() });
  await fails(t, rotate(), 'RotationError/RotationNotConfigured');
  t.equal((await rig.get('app/db', {})).value.expose(), 'first', 'nothing has moved');
  const RotationLambdaARN = 'arn:aws:lambda:eu-west-1:000000000000:function:rotate';
  await rig.call('RotateSecret', { SecretId: 'app/db', RotationLambdaARN, ClientRequestToken: randomUUID() });
  const before = (await rig.get('app/db')).version;
  t.match(await rotate(), { triggered: true, status: 'in-progress' });
  t.not((await rig.get('app/db')).version, before);
});
