import { test } from 'tap';
import { rpcError } from '../../fakes/fake-gcp-errors.ts';
import { failureOf, GcpRig, messageOf } from './gcp-rig.ts';

const rotate = (rig: GcpRig, id = 'db') => rig.provider.rotate(id, { ...rig.call, idempotencyToken: 'token' });

async function seeded(
  t: Parameters<typeof GcpRig.create>[0],
  rotation?: Readonly<Record<string, unknown>>,
): Promise<GcpRig> {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one');
  const secret = rig.store.secrets.get('db');
  if (secret !== undefined) secret.rotation = rotation;
  return rig;
}

test('managed rotation is started', async (t) => {
  const rig = await seeded(t, { managedRotationStatus: { state: 'ACTIVE' } });
  t.same(await rotate(rig), { triggered: true, versionId: '2', status: 'in-progress' });
  t.same(rig.asked(), ['GET secrets/db', 'POST secrets/db:rotateSecret']);
  t.equal(await rig.text('db'), 'rotated-2');
});

test('nothing is configured', async (t) => {
  const rig = await seeded(t);
  t.equal(await failureOf(() => rotate(rig)), 'RotationError/RotationNotConfigured');
  t.match(await messageOf(() => rotate(rig)), 'managed rotation is not on');
});

test('a schedule only sends messages', async (t) => {
  const rig = await seeded(t, {
    nextRotationTime: '2026-06-01T00:00:00Z',
    managedRotationStatus: { state: 'INACTIVE' },
  });
  t.match(await messageOf(() => rotate(rig)), 'only sends a message to its topics');
});

test('failures', async (t) => {
  const rig = await seeded(t, { managedRotationStatus: { state: 'ACTIVE' } });
  t.equal(await failureOf(() => rotate(rig, 'none')), 'SecretNotFoundError/SecretDoesNotExist');
  const secret = { status: 200, body: { rotation: { managedRotationStatus: { state: 'ACTIVE' } } } };
  rig.manager.faults.push(secret, rpcError('UNAVAILABLE', ''));
  t.equal(await failureOf(() => rotate(rig)), 'ProviderError/ProviderUnavailable');
  rig.manager.iam.refuse('db');
  t.equal(await failureOf(() => rotate(rig)), 'AccessError/AccessDenied');
  t.equal(rig.provider.isRotationIdempotent, undefined, 'there is no token to repeat it with');
});
