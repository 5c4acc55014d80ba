import { test } from 'tap';
import { current } from '../../../src/core/selector.ts';
import { locateSecret } from '../../../src/providers/gcp/locate.ts';

const shop = { project: 'shop' };
const regional = { project: 'shop', location: 'europe-west3' };

test('a path has one spelling', async (t) => {
  for (const path of ['app/db', 'app--db', 'projects/shop/secrets/app--db'])
    t.same(locateSecret(path, current, shop), { id: 'app/db', selector: current }, path);
});

test('a full name with a version', async (t) => {
  t.same(locateSecret('projects/shop/secrets/db/versions/3', current, shop), { id: 'db', selector: { version: '3' } });
  t.same(locateSecret('projects/shop/secrets/db/versions/latest', current, shop), { id: 'db', selector: current });
  t.same(locateSecret('projects/shop/secrets/db/versions/prod', current, shop), {
    id: 'db',
    selector: { stage: 'prod' },
  });
  t.throws(() => locateSecret('projects/shop/secrets/db/versions/3', { version: '3' }, shop), {
    code: 'InvalidParameter',
  });
  t.throws(() => locateSecret('projects/shop/secrets/db/versions/0', current, shop), { code: 'InvalidParameter' });
});

test('a full name of another place', async (t) => {
  const names = [
    'projects/other/secrets/db',
    'projects/482913337105/secrets/db',
    'projects/shop/locations/us-east1/secrets/db',
  ];
  for (const name of names) t.throws(() => locateSecret(name, current, shop), { code: 'InvalidPath' }, name);
  t.throws(() => locateSecret('projects/shop/secrets/db', current, regional), { code: 'InvalidPath' });
  t.same(locateSecret('projects/shop/locations/europe-west3/secrets/db', current, regional).id, 'db');
});

test('selectors', async (t) => {
  t.same(locateSecret('db', { version: '12' }, shop).selector, { version: '12' });
  t.same(locateSecret('db', { stage: 'latest' }, shop).selector, current);
  t.same(locateSecret('db', { stage: 'previous' }, shop).selector, { stage: 'previous' });
  t.same(locateSecret('db', { stage: 'prod-1_x' }, shop).selector, { stage: 'prod-1_x' });
  for (const version of ['0', '01', '-1', 'latest', '1.0', '', '9'.repeat(19)])
    t.throws(() => locateSecret('db', { version }, shop), { code: 'InvalidParameter' }, version);
  for (const stage of ['1x', 'NEW', 'a b', '', 'x'.repeat(64), 'a/b'])
    t.throws(() => locateSecret('db', { stage }, shop), { code: 'InvalidParameter' }, stage);
  t.throws(() => locateSecret('db', { version: '1', stage: 'prod' }, shop), { code: 'InvalidParameter' });
});
