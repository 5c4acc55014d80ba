import { test } from 'tap';
import { EMAIL, failureOf, GcpRig } from './gcp-rig.ts';

test('all that the store tells', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('app--db', 'one', 'two');
  const secret = rig.store.secrets.get('app--db');
  if (secret === undefined) throw new Error('not there');
  secret.labels = { team: 'shop' };
  secret.annotations = { description: 'of the shop', other: 'x' };
  secret.aliases = { prod: 2, canary: 2, old: 1 };
  secret.topics = ['projects/shop/topics/rotations'];
  secret.rotation = { nextRotationTime: '2026-06-01T00:00:00Z', rotationPeriod: '86400s' };
  t.same(await rig.describe('app/db'), {
    name: 'app/db',
    arn: 'projects/482913337105/secrets/app--db',
    description: 'of the shop',
    currentVersion: '2',
    stages: ['current', 'canary', 'prod'],
    tags: { team: 'shop' },
    rotationEnabled: true,
    nextRotation: new Date('2026-06-01T00:00:00Z'),
    createdAt: new Date('2026-01-02T03:04:05Z'),
    updatedAt: new Date('2026-01-02T03:04:05Z'),
  });
});

test('a bare secret', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.create('db');
  const metadata = await rig.describe('db');
  t.equal(metadata.currentVersion, undefined);
  t.equal(metadata.stages, undefined);
  t.equal(metadata.rotationEnabled, false);
  t.same(metadata.tags, {});
});

test('the current version follows the policy', async (t) => {
  for (const [latestPolicy, version] of [
    ['enabled', '1'],
    ['strict', '2'],
  ]) {
    const rig = await GcpRig.create(t, { options: { latestPolicy } });
    rig.store.add('db', 'one', 'two');
    rig.store.setState('db', 2, 'DISABLED');
    t.equal((await rig.describe('db')).currentVersion, version);
  }
});

test('no version is enabled', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one');
  rig.store.setState('db', 1, 'DESTROYED');
  t.equal((await rig.describe('db')).currentVersion, undefined);
});

test('versions that may not be looked at are left out', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one');
  rig.manager.iam.setPermissions(EMAIL, ['secretmanager.secrets.get']);
  const metadata = await rig.describe('db');
  t.equal(metadata.name, 'db');
  t.equal(metadata.currentVersion, undefined);
});

test('the value is not read', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one');
  await rig.describe('db');
  t.same([...rig.asked()].sort(), ['GET secrets/db', 'GET secrets/db/versions/latest']);
});

test('refusals', async (t) => {
  const rig = await GcpRig.create(t);
  t.equal(await failureOf(() => rig.describe('none')), 'SecretNotFoundError/SecretDoesNotExist');
  rig.manager.iam.setPermissions(EMAIL, ['secretmanager.versions.access']);
  t.equal(await failureOf(() => rig.describe('none')), 'AccessError/AccessDenied');
  rig.manager.conditions.serviceDisabled = true;
  t.equal(await failureOf(() => rig.describe('none')), 'ProviderError/ProviderUnavailable');
});
