import { test } from 'tap';
import { createResourceNames } from '../../../src/providers/gcp/resource-names.ts';

test('global secrets', async (t) => {
  const names = createResourceNames({ project: 'shop' });
  t.equal(names.secrets, 'projects/shop/secrets');
  t.equal(names.secret('app/db'), 'projects/shop/secrets/app--db');
  t.equal(names.version('app/db', '3'), 'projects/shop/secrets/app--db/versions/3');
});

test('regional secrets', async (t) => {
  const names = createResourceNames({ project: 'shop', location: 'europe-west3' });
  t.equal(names.secret('db'), 'projects/shop/locations/europe-west3/secrets/db');
});

test('each segment is encoded', async (t) => {
  const names = createResourceNames({ project: 'example.com:shop' });
  t.equal(names.version('db', 'a b/../c'), 'projects/example.com%3Ashop/secrets/db/versions/a%20b%2F..%2Fc');
});
