import { test } from 'tap';
import { Router, type RouterOptions } from '../../src/client/router.ts';
import type { PathMapping } from '../../src/config/config.ts';
import { bySpecificity, parsePathPattern } from '../../src/core/path-pattern.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';
import { toInstance } from './client-rig.ts';

const clock = new FakeClock();
const instances = new Map(['files', 'vault'].map((name) => [name, toInstance(new FakeProvider(name), clock)]));

const mapping = (pattern: string, provider: string, more: Partial<PathMapping> = {}): PathMapping => ({
  pattern: parsePathPattern(pattern),
  provider,
  prefix: '',
  ...more,
});

/** A router as the configuration makes one: the most specific mapping first. */
function createRouter(mappings: readonly PathMapping[], options: Partial<RouterOptions> = {}): Router {
  const sorted = mappings.toSorted((a, b) => bySpecificity(a.pattern, b.pattern));
  return new Router({ instances, mappings: sorted, ttlMs: 1_000, ...options });
}

test('the most specific mapping wins, otherwise the default provider', async (t) => {
  const mappings = [
    mapping('**', 'files', { prefix: 'all' }),
    mapping('app/**', 'vault', { ttlMs: 5 }),
    mapping('app/db/creds', 'files'),
  ];
  const router = createRouter(mappings);
  const to = (path: string): unknown => {
    const { instance, location, ttlMs } = router.route({ path });
    return [instance.name, location.id, ttlMs];
  };
  t.same(to('x/y'), ['files', 'all/x/y', 1_000]);
  t.same(to('app/db'), ['vault', 'app/db', 5]);
  t.same(to('app/db/creds'), ['files', 'app/db/creds', 1_000]);
  const { instance } = createRouter([mapping('app/**', 'vault')], { defaultProvider: 'files' }).route({ path: 'x' });
  t.equal(instance.name, 'files');
});

test('the native path is environment / mapping prefix / path', async (t) => {
  const mappings = [
    mapping('app/**', 'vault', { prefix: 'team/shop' }),
    mapping('root/**', 'vault', { prefix: '/' }),
    mapping('plain/**', 'vault'),
  ];
  const native = (router: Router, path: string): string => router.route({ path }).location.id;
  const bare = createRouter(mappings);
  t.equal(native(bare, 'app/db'), 'team/shop/app/db');
  t.equal(native(bare, 'root/db'), '/root/db');
  t.equal(native(bare, 'plain/db'), 'plain/db');
  const scoped = createRouter(mappings, { environment: 'prod' });
  t.equal(native(scoped, 'app/db'), 'prod/team/shop/app/db');
  t.equal(native(scoped, 'root/db'), '/prod/root/db');
  t.equal(native(scoped, 'plain/db'), 'prod/plain/db');
});

test('patterns match the path as the caller writes it, not with its environment', async (t) => {
  const mappings = [mapping('prod/**', 'vault')];
  const router = createRouter(mappings, { environment: 'prod', defaultProvider: 'files' });
  t.equal(router.route({ path: 'db' }).instance.name, 'files');
  t.equal(router.route({ path: 'prod/db' }).location.id, 'prod/prod/db');
});

test('nobody climbs out of the environment', async (t) => {
  const router = createRouter([], { environment: 'prod', defaultProvider: 'files' });
  for (const path of ['../dev/db', 'a/../../dev', '.', '', '/dev/db', 'a//b', './a']) {
    t.throws(() => router.route({ path }), { code: 'InvalidPath' }, path);
    t.throws(() => router.route({ path, provider: 'vault' }), { code: 'InvalidPath' }, path);
  }
  for (const prefix of ['../', '../dev', '/', 'a/../../', '..'])
    t.throws(() => router.routePrefix(prefix, undefined), { code: 'InvalidPath' }, prefix);
});

test('an override goes to its provider, with the prefix of the mapping if that is its own', async (t) => {
  const options = { environment: 'prod', defaultProvider: 'files' };
  const router = createRouter([mapping('app/**', 'vault', { prefix: 'team', ttlMs: 5 })], options);
  const own = router.route({ path: 'app/db', provider: 'vault' });
  t.same([own.instance.name, own.location.id, own.ttlMs], ['vault', 'prod/team/app/db', 5]);
  t.equal(own.identity.key, router.route({ path: 'app/db' }).identity.key);
  const other = router.route({ path: 'app/db', provider: 'files' });
  t.same([other.instance.name, other.location.id, other.ttlMs], ['files', 'prod/app/db', 1_000]);
});

test('where nothing is configured the refusal says so', async (t) => {
  const refusal = { category: 'ConfigurationError', code: 'InvalidProvider' };
  t.throws(() => createRouter([]).route({ path: 'a' }), refusal);
  t.throws(() => createRouter([]).routePrefix('a', undefined), refusal);
  for (const provider of ['nope', '', '__proto__', 'constructor'])
    t.throws(() => createRouter([], { defaultProvider: 'files' }).route({ path: 'a', provider }), refusal, provider);
});

test('`current` is no selector of its own; versions and stages are', async (t) => {
  const router = createRouter([], { defaultProvider: 'files' });
  const key = (version?: string, stage?: string): string =>
    router.route({ path: 'a', ...(version !== undefined && { version }), ...(stage !== undefined && { stage }) })
      .identity.key;
  t.equal(key(undefined, 'current'), key());
  t.equal(new Set([key(), key('1'), key('2'), key(undefined, 'previous'), key('1', 'previous')]).size, 5);
});

test('a route is found once', async (t) => {
  const router = createRouter([], { defaultProvider: 'files' });
  t.equal(router.route({ path: 'a' }), router.route({ path: 'a' }));
  t.equal(router.route({ path: 'a', version: '1' }), router.route({ path: 'a', version: '1' }));
});

test('no target is taken for another one that was asked for before', async (t) => {
  const router = createRouter([], { defaultProvider: 'files' });
  const before = router.route({ path: 'db', version: '1' });
  for (const path of ['db\n1\n\n', '\n["db","1",null,null]', 'db\u00001'])
    t.throws(() => router.route({ path }), { code: 'InvalidPath' }, JSON.stringify(path));
  t.equal(router.route({ path: '["db","1",null,null]' }).location.id, '["db","1",null,null]');
  t.not(router.route({ path: 'db', version: '', stage: '1' }), before);
  t.not(router.route({ path: 'db', version: '1', stage: '' }), before);
  t.same(router.route({ path: 'p', version: 'a\nb', stage: 'c' }).location.selector, { version: 'a\nb', stage: 'c' });
  t.same(router.route({ path: 'p', version: 'a', stage: 'b\nc' }).location.selector, { version: 'a', stage: 'b\nc' });
});

test('a list asks where paths under its prefix lead', async (t) => {
  const router = createRouter(
    [
      mapping('app/**', 'vault', { prefix: 'team' }),
      mapping('one', 'vault'),
      mapping('root/**', 'vault', { prefix: '/' }),
    ],
    { environment: 'prod', defaultProvider: 'files' },
  );
  const to = (prefix: string, provider?: string): readonly [string, string] => {
    const { instance, nativePrefix } = router.routePrefix(prefix, provider);
    return [instance.name, nativePrefix];
  };
  t.same(to('app/'), ['vault', 'prod/team/app/']);
  t.same(to('app/d'), ['vault', 'prod/team/app/d']);
  t.same(to('one'), ['vault', 'prod/one']);
  t.same(to('root/'), ['vault', '/prod/root/']);
  t.same(to(''), ['files', 'prod/']);
  t.same(to('x'), ['files', 'prod/x']);
  t.same(to('app/', 'files'), ['files', 'prod/app/']);
});

test('a native name is told as the caller would write it, if he could', async (t) => {
  const router = createRouter([mapping('app/**', 'vault', { prefix: 'team' })], { environment: 'prod' });
  const route = router.routePrefix('app/', undefined);
  t.equal(route.toPath('prod/team/app/db'), 'app/db');
  for (const outside of ['prod/other/app/db', 'dev/team/app/db', 'app/db', 'prod/team'])
    t.equal(route.toPath(outside), undefined, outside);
});
