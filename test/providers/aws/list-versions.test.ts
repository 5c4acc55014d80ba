import { test } from 'tap';
import { call, fails, startRig } from './aws-rig.ts';

test('the whole history, newest first, with versions that have no label any more', async (t) => {
  const rig = await startRig(t);
  const secret = rig.aws.store.secrets.get('app/db');
  for (let n = 2; n <= 230; n++) rig.aws.store.put('app/db', `{"n":${n}}`);
  const { items } = await rig.provider.versions('app/db', { limit: 1_000 }, call);
  t.same(
    items.map(({ version }) => version),
    secret?.versions.map(({ id }) => id).toReversed(),
  );
  t.match(items.slice(0, 3), [
    { stages: ['current'], state: 'enabled', createdAt: Date },
    { stages: ['previous'], state: 'enabled' },
    { stages: [], state: 'enabled' },
  ]);
  t.equal(rig.aws.inputs('ListSecretVersionIds').length, 3);
  const page = await rig.provider.versions('app/db', { limit: 2, cursor: items[2]?.version ?? '' }, call);
  t.same(page.items, items.slice(3, 5));
  t.equal(page.nextCursor, items[4]?.version);
});

test('a new version that waits stands before the current one', async (t) => {
  const rig = await startRig(t);
  const secret = rig.aws.store.secrets.get('app/db');
  const id = secret?.put('new', { labels: ['AWSPENDING'], createdAt: Date.now() / 1000 + 60 });
  const { items } = await rig.provider.versions('app/db', { limit: 10 }, call);
  t.match(items, [{ version: id ?? '', stages: ['pending'] }, { stages: ['current'] }]);
  t.equal((await rig.get('app/db', undefined, 'pending')).version, id);
});

test('a secret that is marked for deletion has no history', async (t) => {
  const rig = await startRig(t);
  rig.aws.store.put('gone', 'x').deletedAt = 1;
  await fails(t, rig.provider.versions('gone', { limit: 1 }, call), 'SecretNotFoundError/SecretDoesNotExist');
  await fails(t, rig.provider.describe('gone', call), 'SecretNotFoundError/SecretDoesNotExist');
  rig.aws.store.denied.add('ListSecretVersionIds');
  await fails(t, rig.provider.versions('app/db', { limit: 1 }, call), 'AccessError/AccessDenied');
});
