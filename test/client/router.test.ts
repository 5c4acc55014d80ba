import { test } from 'tap';
import { type Route, Router, type RouterOptions } from '../../src/client/router.ts';
import type { Instances } from '../../src/client/source.ts';
import type { PathMapping } from '../../src/config/config.ts';
import { RequestError } from '../../src/core/errors/request-error.ts';
import type { Scope, SecretStore } from '../../src/core/provider.ts';
import { bySpecificity, parsePathPattern } from '../../src/core/path-pattern.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';
import { toSource } from './client-rig.ts';

const clock = new FakeClock();
const instances = new Map(['files', 'vault'].map((name) => [name, [toSource(new FakeProvider(name), { clock })]]));

const mapping = (
  pattern: string,
  provider: string | readonly string[],
  more: Partial<PathMapping> = {},
): PathMapping => ({
  pattern: parsePathPattern(pattern),
  providers: typeof provider === 'string' ? [provider] : provider,
  scope: {},
  prefix: '',
  ...more,
});

/** A router as the configuration makes one: the most specific mapping first. */
function createRouter(mappings: readonly PathMapping[], options: Partial<RouterOptions> = {}): Router {
  const sorted = mappings.toSorted((a, b) => bySpecificity(a.pattern, b.pattern));
  return new Router({ instances, mappings: sorted, ttlMs: 1_000, maxEntries: 100, ...options });
}

test('the most specific mapping wins, otherwise the default provider', async (t) => {
  const mappings = [
    mapping('**', 'files', { prefix: 'all' }),
    mapping('app/**', 'vault', { ttlMs: 5 }),
    mapping('app/db/creds', 'files'),
  ];
  const router = createRouter(mappings);
  const to = (path: string): unknown => {
    const [{ source, location, ttlMs }] = router.route({ path });
    return [source.name, location.id, ttlMs];
  };
  t.same(to('x/y'), ['files', 'all/x/y', 1_000]);
  t.same(to('app/db'), ['vault', 'app/db', 5]);
  t.same(to('app/db/creds'), ['files', 'app/db/creds', 1_000]);
  const [{ source }] = createRouter([mapping('app/**', 'vault')], { defaultProvider: 'files' }).route({ path: 'x' });
  t.equal(source.name, 'files');
});

test('the native path is environment / mapping prefix / path', async (t) => {
  const mappings = [
    mapping('app/**', 'vault', { prefix: 'team/shop' }),
    mapping('root/**', 'vault', { prefix: '/' }),
    mapping('plain/**', 'vault'),
  ];
  const native = (router: Router, path: string): string => router.route({ path })[0].location.id;
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
  t.equal(router.route({ path: 'db' })[0].source.name, 'files');
  t.equal(router.route({ path: 'prod/db' })[0].location.id, 'prod/prod/db');
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
  const [own] = router.route({ path: 'app/db', provider: 'vault' });
  t.same([own.source.name, own.location.id, own.ttlMs], ['vault', 'prod/team/app/db', 5]);
  t.equal(own.identity.key, router.route({ path: 'app/db' })[0].identity.key);
  const [other] = router.route({ path: 'app/db', provider: 'files' });
  t.same([other.source.name, other.location.id, other.ttlMs], ['files', 'prod/app/db', 1_000]);
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
    router.route({ path: 'a', ...(version !== undefined && { version }), ...(stage !== undefined && { stage }) })[0]
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
  t.equal(router.route({ path: '["db","1",null,null]' })[0].location.id, '["db","1",null,null]');
  t.not(router.route({ path: 'db', version: '', stage: '1' }), before);
  t.not(router.route({ path: 'db', version: '1', stage: '' }), before);
  t.same(router.route({ path: 'p', version: 'a\nb', stage: 'c' })[0].location.selector, {
    version: 'a\nb',
    stage: 'c',
  });
  t.same(router.route({ path: 'p', version: 'a', stage: 'b\nc' })[0].location.selector, {
    version: 'a',
    stage: 'b\nc',
  });
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
    const { source, nativePrefix } = router.routePrefix(prefix, provider);
    return [source.name, nativePrefix];
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
  t.same(route.toPlace('prod/team/app/db'), { canonical: 'app/db', aliases: ['team/app/db'] });
  for (const outside of ['prod/other/app/db', 'dev/team/app/db', 'app/db', 'prod/team'])
    t.equal(route.toPlace(outside), undefined, outside);
});

/** A store with places in it, which tells in the id where it was asked. */
function scopedProvider(name: string): FakeProvider {
  const provider = new FakeProvider(name);
  const within = ({ namespace = '', mount = '' }: Scope): SecretStore => {
    const inside = new FakeProvider(name);
    inside.toId = (path) => `${namespace}:${mount}:${path}`;
    return inside;
  };
  return Object.assign(provider, { within });
}

/** One instance of each name, with as many copies of its store. */
const sourcesOf = (...providers: readonly (readonly [provider: FakeProvider, ...replicas: string[]])[]): Instances =>
  new Map(
    providers.map(([provider, ...replicas]) => [
      provider.name,
      replicas.length === 0
        ? [toSource(provider, { clock })]
        : replicas.map((replica) => toSource(provider, { clock, replica })),
    ]),
  );

const labelsOf = (route: Route): readonly string[] => route.map(({ source }) => source.label);

test('a mapping to several providers leads to their sources in order, the copies of each one after the other', async (t) => {
  const instances = sourcesOf([new FakeProvider('vault')], [new FakeProvider('aws'), 'eu', 'us']);
  const router = createRouter([mapping('app/**', ['vault', 'aws'], { prefix: 'team', ttlMs: 5 })], {
    instances,
    defaultProvider: 'aws',
    environment: 'prod',
  });
  const route = router.route({ path: 'app/db' });
  t.same(labelsOf(route), ['vault', 'aws/eu', 'aws/us']);
  t.same(
    route.map(({ isAuthority }) => isAuthority),
    [true, false, false],
    'only the first may say that there is no such secret',
  );
  for (const { location, ttlMs, identity } of route) {
    t.same([location.id, ttlMs, identity.path], ['prod/team/app/db', 5, 'app/db']);
  }
  t.equal(new Set(route.map(({ identity }) => identity.key)).size, 3, 'each has its own entry');
  t.same(
    route.map(({ identity }) => identity.provider),
    ['vault', 'aws', 'aws'],
  );
  t.same(labelsOf(router.route({ path: 'x' })), ['aws/eu', 'aws/us']);
});

test('a caller who names a provider of the list gets that one, in the place of the mapping', async (t) => {
  const instances = sourcesOf([new FakeProvider('vault')], [new FakeProvider('aws'), 'eu', 'us']);
  const router = createRouter([mapping('app/**', ['vault', 'aws'], { prefix: 'team' })], { instances });
  const route = router.route({ path: 'app/db', provider: 'aws' });
  t.same(labelsOf(route), ['aws/eu', 'aws/us']);
  t.same(
    route.map(({ isAuthority }) => isAuthority),
    [true, false],
  );
  t.equal(route[0].location.id, 'team/app/db');
  t.equal(route[0].identity.key, router.route({ path: 'app/db' })[1]?.identity.key, 'the same secret, the same entry');
});

test('a further source that cannot hold such a name or version is left out, the first is not', async (t) => {
  const azure = new FakeProvider('azure');
  azure.toId = (path) => {
    if (path.includes('_')) throw new RequestError('InvalidPath', 'no such name');
    return path;
  };
  const broken = new FakeProvider('broken');
  broken.toId = () => {
    throw new TypeError('a bug');
  };
  const instances = sourcesOf([new FakeProvider('vault')], [azure], [broken]);
  const router = (order: readonly string[]): Router => createRouter([mapping('**', order)], { instances });
  t.same(labelsOf(router(['vault', 'azure']).route({ path: 'db' })), ['vault', 'azure']);
  t.same(labelsOf(router(['vault', 'azure']).route({ path: 'my_db' })), ['vault']);
  t.throws(() => router(['azure', 'vault']).route({ path: 'my_db' }), { code: 'InvalidPath' });
  t.throws(() => router(['vault', 'broken']).route({ path: 'db' }), TypeError);
});

test('a mapping leads into its namespace and mount', async (t) => {
  const instances = sourcesOf([scopedProvider('vault')]);
  const router = createRouter(
    [
      mapping('b/**', 'vault', { scope: { namespace: 'team-b', mount: 'kv-b' }, prefix: 'shared' }),
      mapping('c/**', 'vault', { scope: { mount: 'kv-b' } }),
    ],
    { instances, defaultProvider: 'vault', environment: 'prod' },
  );
  const stop = (path: string, provider?: string) =>
    router.route({ path, ...(provider !== undefined && { provider }) })[0];
  t.equal(stop('b/db').location.id, 'team-b:kv-b:prod/shared/b/db');
  t.equal(stop('c/db').location.id, ':kv-b:prod/c/db');
  t.equal(stop('db').location.id, 'prod/db');
  t.equal(stop('db').store, stop('db').source.provider);
  t.equal(stop('b/db', 'vault').location.id, 'team-b:kv-b:prod/shared/b/db');
  const { store, nativePrefix } = router.routePrefix('b/', undefined);
  t.equal(nativePrefix, 'prod/shared/b/');
  t.equal(store.locate('x', {}).id, 'team-b:kv-b:x');
});

test('the same name in two places is two secrets', async (t) => {
  const provider = Object.assign(new FakeProvider('vault'), { within: () => new FakeProvider('vault') });
  const scopes = [{}, { namespace: 'x' }, { mount: 'x' }, { namespace: 'x', mount: 'x' }];
  const keys = scopes.map((scope) => {
    const router = createRouter([mapping('**', 'vault', { scope })], { instances: sourcesOf([provider]) });
    return router.route({ path: 'db' })[0].identity.secretKey;
  });
  t.equal(new Set(keys).size, 4);
});

test('a list asks the first source alone', async (t) => {
  const instances = sourcesOf([new FakeProvider('aws'), 'eu', 'us'], [new FakeProvider('vault')]);
  const router = createRouter([mapping('app/**', ['aws', 'vault'])], { instances });
  t.equal(router.routePrefix('app/', undefined).source.label, 'aws/eu');
  t.equal(router.routePrefix('app/', 'vault').source.label, 'vault');
});

test('the way back from what is kept to where it came from', async (t) => {
  const router = createRouter([mapping('app/**', ['vault', 'files'])], { defaultProvider: 'files' });
  for (const stop of router.route({ path: 'app/db' })) t.equal(router.find(stop.identity), stop);
  const [pinned] = router.route({ path: 'app/db', version: '3' });
  t.equal(router.find(pinned.identity), undefined, 'of current values only');
  t.equal(router.find({ ...pinned.identity, path: '../x' }), undefined);
  const elsewhere = createRouter([], { defaultProvider: 'vault' });
  t.equal(elsewhere.find(router.route({ path: 'x' })[0].identity), undefined, 'no path leads there any more');
});
