import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { awsFailures } from '../../fakes/fake-aws-failure.ts';
import { type AwsRig, call, fails, startRig } from './aws-rig.ts';

const rotate = (rig: AwsRig, idempotencyToken: string = randomUUID()) =>
  rig.provider.rotate('app/db', { ...call, idempotencyToken });

async function startRotating(t: Parameters<typeof startRig>[0]) {
  const rig = await startRig(t);
  const secret = rig.aws.store.put('app/db', 'x');
  secret.rotation = { enabled: true };
  return { rig, secret };
}

test('a rotation starts, goes on, and is done', async (t) => {
  const { rig, secret } = await startRotating(t);
  const token = randomUUID();
  t.same(await rotate(rig, token), { triggered: true, versionId: token, status: 'in-progress' });
  t.same(rig.aws.inputs('RotateSecret'), [{ SecretId: 'app/db', ClientRequestToken: token }]);
  await fails(t, rotate(rig), 'RotationError/RotationInProgress');
  secret.move('AWSCURRENT', token);
  t.same(await rotate(rig, token), { triggered: true, versionId: token, status: 'completed' });
  t.match(await rotate(rig), { status: 'in-progress' }, 'AWSPENDING may stay on the current version');
});

test('a repetition after a lost answer starts no second one', async (t) => {
  const { rig } = await startRotating(t);
  const token = randomUUID();
  const { fault } = rig.aws;
  rig.aws.fault = ({ operation, input }) => {
    if (operation !== 'RotateSecret') return undefined;
    rig.aws.store.answer(operation, input);
    return 'reset';
  };
  await fails(t, rotate(rig, token), 'NetworkError/ConnectionFailed');
  rig.aws.fault = fault;
  t.same(await rotate(rig, token), { triggered: true, versionId: token, status: 'in-progress' });
  t.equal(rig.aws.inputs('RotateSecret').length, 1);
});

test('what cannot be rotated', async (t) => {
  const rig = await startRig(t);
  const secret = rig.aws.store.put('app/db', 'x');
  await fails(t, rotate(rig), 'RotationError/RotationNotConfigured');
  secret.rotation = { enabled: false };
  await fails(t, rotate(rig), 'RotationError/RotationNotConfigured');
  secret.rotation = { enabled: true };
  secret.primaryRegion = 'us-east-1';
  t.match((await fails(t, rotate(rig), 'RotationError/RotationNotConfigured')).message, "'us-east-1'");
  t.equal(rig.aws.inputs('RotateSecret').length, 0, 'AWS is not asked to switch on what is off');
  secret.deletedAt = 1;
  await fails(t, rotate(rig), 'SecretNotFoundError/SecretDoesNotExist');
});

test('a refusal in between is explained by the state of the secret', async (t) => {
  const { rig, secret } = await startRotating(t);
  rig.aws.fault = ({ operation }) => {
    if (operation !== 'RotateSecret') return undefined;
    secret.put(undefined, { labels: ['AWSPENDING'] });
    return awsFailures.rotating();
  };
  await fails(t, rotate(rig), 'RotationError/RotationInProgress');
  secret.move('AWSCURRENT', secret.with('AWSPENDING')?.id ?? '');
  rig.aws.fault = ({ operation }) => (operation === 'RotateSecret' ? awsFailures.noRotation() : undefined);
  await fails(t, rotate(rig), 'RotationError/RotationFailed');
  rig.aws.fault = () => undefined;
  rig.aws.store.denied.add('RotateSecret');
  t.match((await fails(t, rotate(rig), 'AccessError/AccessDenied')).message, "'secretsmanager:RotateSecret'");
});
