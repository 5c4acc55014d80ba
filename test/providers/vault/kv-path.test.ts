import { test } from 'tap';
import { locateKv } from '../../../src/providers/vault/kv-path.ts';

test('a path is its own canonical id', (t) => {
  for (const path of ['a', 'App/db', 'we ird/ü#?%41+*', '.hidden/a.b', '__proto__'])
    t.same(locateKv(path, {}), { id: path, selector: {} });
  t.end();
});

test('what Vault cannot hold is refused', (t) => {
  for (const path of ['a.', 'a/..', '../sys', 'a/./b', '/a', 'a/', 'a//b', 'a\u200bb', 'a\u0007', 'a\u00a0b'])
    t.throws(() => locateKv(path, {}), { code: 'InvalidPath' }, path);
  t.end();
});

test('versions are whole numbers from 1', (t) => {
  t.same(locateKv('a', { version: '12' }).selector, { version: '12' });
  for (const version of ['0', '01', '-1', '1.0', 'latest', '1&a=b', '9'.repeat(19)])
    t.throws(() => locateKv('a', { version }), { code: 'InvalidParameter' }, version);
  t.throws(() => locateKv('a', { version: '1', stage: 'previous' }), { code: 'InvalidParameter' });
  t.end();
});
