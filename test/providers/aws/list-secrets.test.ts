import { test } from 'tap';
import type { ListQuery } from '../../../src/core/provider.ts';
import { type AwsRig, call, fails, startRig } from './aws-rig.ts';

const list = (rig: AwsRig, query: Partial<ListQuery> = {}) =>
  rig.provider.list({ prefix: '', tags: {}, limit: 100, ...query }, call);

async function names(rig: AwsRig, query: Partial<ListQuery> = {}): Promise<readonly string[]> {
  return (await list(rig, query)).items.map(({ name }) => name);
}

test('the filter of AWS matches words, so names are looked at again', async (t) => {
  const rig = await startRig(t);
  rig.aws.store.put('shop/app/db', 'x');
  t.same(await names(rig, { prefix: 'app' }), ['app/db']);
  t.same(rig.aws.inputs('ListSecrets').at(-1)?.['Filters'], [{ Key: 'name', Values: ['app'] }]);
});

test('a prefix that no filter can tell', async (t) => {
  const rig = await startRig(t);
  rig.aws.store.put('!x/y', 'x');
  t.same(await names(rig, { prefix: '!x' }), ['!x/y'], 'a leading ! means "not" in a filter');
  t.equal(rig.aws.inputs('ListSecrets').at(-1)?.['Filters'], undefined);
  const before = rig.aws.operations.length;
  t.same(await list(rig, { prefix: 'é' }), { items: [] });
  t.equal(rig.aws.operations.length, before, 'no name has such a letter');
});

test('tags, all of which must be there', async (t) => {
  const rig = await startRig(t);
  const { store } = rig.aws;
  store.put('a', 'x', { team: 'shop', env: 'prod' });
  store.put('b', 'x', { team: 'shop', env: 'dev' });
  store.put('c', 'x', { team: 'shopping', env: 'prod' });
  store.put('d', 'x', { other: 'shop', clé: 'é' });
  t.same(await names(rig, { tags: { team: 'shop' } }), ['a', 'b']);
  t.same(await names(rig, { tags: { team: 'shop', env: 'prod' } }), ['a']);
  t.same(await names(rig, { tags: { clé: 'é' } }), ['d'], 'what a filter cannot hold is looked at here');
  t.same(await names(rig, { tags: { team: 'nobody' } }), []);
});

test('pages of AWS without an item are followed, up to a bound', async (t) => {
  const rig = await startRig(t);
  rig.aws.store.emptyPages = 3;
  t.same(await names(rig), ['app/db']);
  t.equal(rig.aws.inputs('ListSecrets').length, 4);
  rig.aws.store.emptyPages = 14;
  const first = await list(rig);
  t.same(first.items, []);
  t.equal(rig.aws.inputs('ListSecrets').length, 14, 'ten more');
  t.same(await names(rig, { cursor: first.nextCursor ?? '' }), ['app/db']);
});

test('250 secrets in pages of 70', async (t) => {
  const rig = await startRig(t);
  const expected = ['app/db'];
  for (let n = 0; n < 250; n++) {
    const name = `many/${String((n * 7) % 250).padStart(3, '0')}`;
    rig.aws.store.put(name, 'x');
    expected.push(name);
  }
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await list(rig, { limit: 70, ...(cursor !== undefined && { cursor }) });
    t.ok(page.items.length <= 70);
    found.push(...page.items.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  t.same(found, expected.sort());
  for (const input of rig.aws.inputs('ListSecrets'))
    t.match(input, { MaxResults: 100, SortBy: 'name', SortOrder: 'asc', IncludePlannedDeletion: false });
});

test('what a list tells of a secret', async (t) => {
  const rig = await startRig(t);
  const secret = rig.aws.store.put('z', 'x', { team: 'shop' });
  secret.description = 'about z';
  secret.rotation = { enabled: true, next: 1_900_000_000.5 };
  rig.aws.store.put('gone', 'x').deletedAt = 1;
  const { items } = await list(rig);
  t.same(
    items.map(({ name }) => name),
    ['app/db', 'z'],
    'one that is marked for deletion is gone',
  );
  t.match(items[1], {
    name: 'z',
    arn: secret.arn,
    description: 'about z',
    region: 'eu-west-1',
    tags: { team: 'shop' },
    currentVersion: secret.versions[0]?.id ?? '',
    stages: ['current'],
    rotationEnabled: true,
    nextRotation: new Date(1_900_000_000_500),
    createdAt: Date,
    updatedAt: Date,
  });
  t.same(await rig.provider.describe('z', call), items[1], 'a description tells the same');
  t.notOk(Object.hasOwn(items[0] ?? {}, 'rotationEnabled'), 'what AWS does not send is absent');
});

test('refusals and cursors that are none', async (t) => {
  const rig = await startRig(t);
  await fails(t, list(rig, { cursor: '["unknown-token",null]' }), 'RequestError/InvalidParameter');
  await fails(t, list(rig, { cursor: 'x' }), 'RequestError/InvalidParameter');
  rig.aws.store.denied.add('ListSecrets');
  t.match((await fails(t, list(rig), 'AccessError/AccessDenied')).message, "'secretsmanager:ListSecrets'");
});
