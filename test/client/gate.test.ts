import * as fc from 'fast-check';
import { test } from 'tap';
import type { CallerSettings } from '../../src/access/caller-rules.ts';
import type { Config, PathMapping } from '../../src/config/config.ts';
import { CallerError } from '../../src/core/errors/caller-error.ts';
import { RequestError } from '../../src/core/errors/request-error.ts';
import { parsePathPattern } from '../../src/core/path-pattern.ts';
import type { Scope } from '../../src/core/provider.ts';
import { current } from '../../src/core/selector.ts';
import { isArn, locateSecret as locateAws } from '../../src/providers/aws/locate-secret.ts';
import { spellPattern as spellAws } from '../../src/providers/aws/spell-pattern.ts';
import { locateSecret as locateAzure, spellPattern as spellAzure } from '../../src/providers/azure/secret-name.ts';
import { locateSecret as locateGcp } from '../../src/providers/gcp/locate.ts';
import { isFullName, spellPattern as spellGcp } from '../../src/providers/gcp/secret-name.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';
import { context, createClientRig, toCaller } from './client-rig.ts';

const OWN = { region: 'eu-west-1', account: '123456789012' };
const ARN = `arn:aws:secretsmanager:eu-west-1:${OWN.account}:secret:`;

/** Stores with the names of the real ones. */
function stores(): Readonly<Record<'azure' | 'aws' | 'gcp', FakeProvider>> {
  const [azure, aws, gcp] = [new FakeProvider('azure'), new FakeProvider('aws'), new FakeProvider('gcp')];
  azure.toId = (path) => locateAzure(path, current).id;
  aws.toId = (path) => locateAws(path, current, OWN).id;
  gcp.toId = (path) => locateGcp(path, current, { project: 'shop' }).id;
  Object.assign(azure, { spellPattern: spellAzure });
  Object.assign(aws, { spellPattern: spellAws, isFullIdentifier: isArn });
  Object.assign(gcp, { spellPattern: spellGcp, isFullIdentifier: isFullName });
  return { azure, aws, gcp };
}

const mapping = (pattern: string, providers: readonly string[], prefix = ''): PathMapping => ({
  pattern: parsePathPattern(pattern),
  providers,
  scope: {},
  prefix,
});

interface World {
  readonly rules: Partial<CallerSettings>;
  readonly config?: Partial<Config>;
}

/** What a caller with these rules gets: `ok`, or the code of the refusal. */
function createWorld({ rules, config }: World) {
  const { azure, aws, gcp } = stores();
  const rig = createClientRig({ callers: [toCaller('me', rules)], others: [azure, aws, gcp], config: { ...config } });
  const me = { ...context, caller: 'me' };
  const verdict = async (path: string, provider?: string): Promise<string> => {
    try {
      await rig.pipeline.gate.pass(
        { context: me, operation: 'get' },
        { path, ...(provider !== undefined && { provider }) },
      );
      return 'ok';
    } catch (error) {
      if (error instanceof CallerError || error instanceof RequestError) return error.code;
      throw error;
    }
  };
  return { rig, me, verdict };
}

const of = (defaultProvider: string): Partial<Config> => ({ defaultProvider });

test('no spelling of a name walks round a deny, nor does a spelling of the deny', async (t) => {
  const rows: readonly [store: string, deny: string, paths: readonly string[]][] = [
    ['azure', 'app/db', ['app/db', 'App/DB', 'app--db', 'APP--db']],
    ['azure', 'app--db', ['app/db', 'App/DB', 'app--db']],
    ['azure', 'App/DB', ['app/db', 'app--db', 'APP/DB']],
    ['azure', 'App/**', ['app/db', 'app--x--y', 'APP/x/y']],
    ['azure', 'app--*', ['app/db', 'app--x--y', 'app/x/y']],
    ['azure', '**/a--b', ['a/b', 'x/a/b']],
    ['azure', '/App/*', ['app/db', 'app--x--y', 'app/x/y']],
    ['aws', 'app/db', ['app/db', `${ARN}app/db-AbCdEf`, `${ARN}app/db`]],
    ['aws', `${ARN}app/db-AbCdEf`, ['app/db', `${ARN}app/db-AbCdEf`, `${ARN}app/db`, `${ARN}app/db-ZZZZZZ`]],
    ['aws', `${ARN}app/db`, ['app/db', `${ARN}app/db-AbCdEf`]],
    ['aws', `${ARN}app/*`, ['app/db', `${ARN}app/db-AbCdEf`]],
    ['aws', `${ARN}app/db-??????`, ['app/db', `${ARN}app/db-AbCdEf`]],
    ['aws', `${ARN}app/db-*`, ['app/db', 'app/db-x', `${ARN}app/db-AbCdEf`]],
    [
      'gcp',
      'app/db',
      ['app/db', 'app--db', 'projects/shop/secrets/app--db', 'projects/shop/secrets/app--db/versions/3'],
    ],
    ['gcp', 'app--db', ['app/db', 'app--db', 'projects/shop/secrets/app--db']],
    ['gcp', 'app--*', ['app/db', 'app--x--y', 'app/x/y']],
    ['gcp', '**/a--b', ['a/b', 'x/a/b']],
    ['gcp', 'projects/shop/secrets/app--db', ['app/db', 'app--db', 'projects/shop/secrets/app--db/versions/latest']],
    ['gcp', 'projects/12345/secrets/app--db/versions/1', ['app/db']],
  ];
  for (const [store, deny, paths] of rows) {
    const { verdict } = createWorld({ rules: { deny: [deny] }, config: of(store) });
    for (const path of paths) t.equal(await verdict(path), 'PolicyDenied', `${store}: ${deny} covers ${path}`);
    t.equal(await verdict('other'), 'ok', `${store}: ${deny} covers no other`);
  }
});

test('a deny covers no more than it says where the store tells names apart', async (t) => {
  const { verdict } = createWorld({ rules: { deny: ['App/DB', 'a--b'] }, config: of('files') });
  t.same(await Promise.all(['app/db', 'App/DB', 'a/b', 'a--b'].map((path) => verdict(path))), [
    'ok',
    'PolicyDenied',
    'ok',
    'PolicyDenied',
  ]);
  const azure = createWorld({ rules: { deny: ['app/*'] }, config: of('azure') });
  t.same([await azure.verdict('app/x'), await azure.verdict('app/x/y')], ['PolicyDenied', 'ok']);
  const gcp = createWorld({ rules: { deny: ['App/DB', 'app/*'] }, config: of('gcp') });
  t.same(await Promise.all(['app/db', 'App/DB', 'app/x/y'].map((path) => gcp.verdict(path))), [
    'PolicyDenied',
    'PolicyDenied',
    'ok',
  ]);
});

test('an allow is for the canonical name, and for no more than it says', async (t) => {
  const rows: readonly [store: string, allow: string, path: string, verdict: string][] = [
    ['azure', 'app/db', 'App--DB', 'ok'],
    ['azure', 'App--DB', 'app/db', 'ok'],
    ['azure', 'app--*', 'app/x', 'ok'],
    ['azure', 'app--*', 'app/x/y', 'PolicyDenied'],
    ['aws', 'app/*', `${ARN}app/db-AbCdEf`, 'ok'],
    ['aws', `${ARN}app/db-AbCdEf`, 'app/db', 'PolicyDenied'],
    ['aws', `${ARN}app/db-AbCdEf`, `${ARN}app/db-AbCdEf`, 'PolicyDenied'],
    ['aws', 'arn:*/*', `${ARN}app/db-AbCdEf`, 'PolicyDenied'],
    ['aws', 'arn:*/*', 'arn:aws:secretsmanager:eu-west-1:999999999999:secret:app/db-AbCdEf', 'ok'],
    ['aws', 'app/**', 'arn:aws:secretsmanager:eu-west-1:999999999999:secret:app/db-AbCdEf', 'PolicyDenied'],
    ['gcp', 'app--*', 'app/x', 'ok'],
    ['gcp', 'app--*', 'app/x/y', 'PolicyDenied'],
    ['gcp', 'app/db', 'projects/shop/secrets/app--db', 'ok'],
    ['gcp', 'projects/shop/secrets/app--db', 'app/db', 'PolicyDenied'],
  ];
  for (const [store, allow, path, expected] of rows) {
    const { verdict } = createWorld({ rules: { allow: [allow] }, config: of(store) });
    t.equal(await verdict(path), expected, `${store}: ${allow} for ${path}`);
  }
});

test('another mapping to the same place walks round no deny', async (t) => {
  const pathMappings = [
    mapping('back/door/**', ['files'], 'team'),
    mapping('app/**', ['files'], 'team/back/door'),
    mapping('shared/*', ['files'], 'common'),
  ];
  const { verdict } = createWorld({
    rules: { deny: ['shared/db', 'team/secret'] },
    config: { ...of('files'), pathMappings },
  });
  t.equal(await verdict('shared/db'), 'PolicyDenied');
  t.equal(await verdict('common/shared/db'), 'PolicyDenied', 'the native name, without the mapping');
  t.equal(await verdict('common/shared/else'), 'ok');
  const chained = createWorld({ rules: { deny: ['app/x'] }, config: { ...of('files'), pathMappings } });
  t.equal(await chained.verdict('back/door/app/x'), 'PolicyDenied', 'by the prefix of another mapping');
  t.equal(await chained.verdict('team/back/door/app/x'), 'PolicyDenied', 'by none');
  t.equal(await chained.verdict('back/door/app/y'), 'ok');
});

test('nor does a mapping that names the place where the instance is anyway', async (t) => {
  const vault = new FakeProvider('vault');
  const mountOf = ({ mount = 'secret' }: Scope): string => mount;
  Object.assign(vault, {
    isSamePlace: (a: Scope, b: Scope) => a.namespace === b.namespace && mountOf(a) === mountOf(b),
  });
  const verdictWith = async (scope: Scope, path: string): Promise<string> => {
    const pathMappings = [{ ...mapping('app/**', ['vault'], 'team'), scope }];
    const config = { ...of('vault'), pathMappings };
    const rig = createClientRig({ callers: [toCaller('me', { deny: ['team/app/**'] })], others: [vault], config });
    const wish = { context: { ...context, caller: 'me' }, operation: 'get' } as const;
    return Promise.resolve()
      .then(() => rig.pipeline.gate.pass(wish, { path }))
      .then(
        () => 'ok',
        (error: unknown) => Object(error).code,
      );
  };
  t.equal(await verdictWith({ mount: 'secret' }, 'team/app/x'), 'PolicyDenied');
  t.equal(await verdictWith({ mount: 'secret' }, 'app/x'), 'PolicyDenied');
  for (const scope of [{ mount: 'kv' }, { namespace: 'team' }])
    t.equal(await verdictWith(scope, 'app/x'), 'ok', 'which is another secret');
});

test('a spelling that leads past its mapping needs to be allowed as it is written, too', async (t) => {
  const config = { ...of('azure'), pathMappings: [mapping('app/**', ['files'])] };
  const { verdict } = createWorld({ rules: { allow: ['app/**'] }, config });
  t.equal(await verdict('app/x'), 'ok');
  t.equal(await verdict('App/x'), 'PolicyDenied', 'it is not the secret that the rule is about');
  t.equal(await createWorld({ rules: { allow: ['**'] }, config }).verdict('App/x'), 'ok');
  const aws = { ...of('aws'), pathMappings: [mapping('app/**', ['files'])] };
  t.equal(
    await createWorld({ rules: { allow: ['app/**'] }, config: aws }).verdict(`${ARN}app/db-AbCdEf`),
    'PolicyDenied',
  );
});

test('nobody climbs out of the environment', async (t) => {
  const config = { environment: 'prod', pathMappings: [mapping('team/**', ['aws'], 'shop')] };
  for (const store of ['azure', 'aws', 'gcp', 'files']) {
    const { rig, verdict } = createWorld({ rules: { providers: [store] }, config: { ...config, ...of(store) } });
    t.equal(await verdict('dev/db'), 'ok');
    const route = await rig.pipeline.gate.pass(
      { context: { ...context, caller: 'me' }, operation: 'get' },
      { path: 'dev/db' },
    );
    t.match(route[0].location.id, /^prod\/dev\/db$/);
    for (const path of ['../dev/db', 'x/../../dev', '..', './x', '/dev', 'dev//x'])
      t.equal(await verdict(path), 'InvalidPath');
  }
  const names: readonly [string, string][] = [
    ['aws', `${ARN}dev/db-AbCdEf`],
    ['aws', `${ARN}prod/db-AbCdEf`],
    ['aws', 'arn:x'],
    ['gcp', 'projects/shop/secrets/dev--db'],
    ['gcp', 'projects/shop/secrets/prod--db/versions/1'],
  ];
  for (const [store, path] of names) {
    const world = createWorld({ rules: { providers: [store] }, config: { ...config, ...of('files') } });
    t.equal(await world.verdict(path, store), 'PolicyDenied', path);
    const open = createClientRig({ others: Object.values(stores()), config: { ...config, ...of(store) } });
    t.throws(() => open.router.route({ path }), { code: 'PolicyDenied' }, 'in open mode, too');
  }
  const prefixed = createWorld({
    rules: {},
    config: { ...of('aws'), pathMappings: [mapping('arn:*/**', ['aws'], 'shop')] },
  });
  t.equal(await prefixed.verdict(`${ARN}app/db-AbCdEf`), 'PolicyDenied', 'nor of the prefix of a mapping');
});

test('an instance is named only by whoever may', async (t) => {
  const { verdict } = createWorld({ rules: { providers: ['files'] }, config: of('azure') });
  t.equal(await verdict('app/db'), 'ok');
  t.equal(await verdict('app/db', 'files'), 'ok');
  t.equal(await verdict('app/db', 'azure'), 'PolicyDenied', 'not even the one that it leads to');
  t.equal(await verdict('app/db', 'nonsense'), 'PolicyDenied', 'whether it is there is not told');
  const named = createWorld({ rules: { providers: ['files', 'azure'], deny: ['app/db'] }, config: of('azure') });
  t.equal(await named.verdict('App--db', 'azure'), 'PolicyDenied');
  t.equal(await named.verdict('app/db', 'files'), 'PolicyDenied', 'a deny is for every instance');
});

test('every place that a path may lead to has to be allowed', async (t) => {
  const config = { pathMappings: [mapping('**', ['files', 'azure'])] };
  const { verdict } = createWorld({ rules: { allow: ['App/*'], deny: ['app/secret'] }, config });
  t.equal(await verdict('App/x'), 'ok');
  t.equal(await verdict('App/Secret'), 'PolicyDenied', 'the second store would read what is denied');
  const narrow = createWorld({ rules: { allow: ['app/x'] }, config });
  t.equal(await narrow.verdict('App/x'), 'PolicyDenied');
});

test('whoever may not ask for a path is told nothing of it', async (t) => {
  const { rig, verdict } = createWorld({ rules: { allow: ['app/**'] }, config: of('azure') });
  t.equal(await verdict('under_score/x'), 'PolicyDenied');
  t.equal(await verdict('app/under_score'), 'InvalidPath');
  t.equal(await verdict('no//path'), 'InvalidPath');
  const me = { ...context, caller: 'me' };
  for (const path of ['x', 'x/y', 'under_score'])
    t.throws(() => rig.pipeline.gate.pass({ context: me, operation: 'get' }, { path }), {
      message: "caller 'me' may not get",
    });
  t.throws(() => rig.pipeline.gate.pass({ context: me, operation: 'rotate' }, { path: 'app/x' }), {
    code: 'PolicyDenied',
  });
  const ghost = { ...context, caller: 'ghost' };
  t.throws(() => rig.pipeline.gate.pass({ context: ghost, operation: 'get' }, { path: 'app/x' }), {
    code: 'PolicyDenied',
  });
});

test('a credential that has ended opens nothing', async (t) => {
  const { rig } = createWorld({ rules: {} });
  let isValid = true;
  const me = { ...context, caller: 'me', credential: { isValid: () => isValid } };
  const wish = { context: me, operation: 'get' } as const;
  const { gate } = rig.pipeline;
  const secret = { path: 'a', provider: 'files' };
  t.ok(gate.pass(wish, { path: 'a' }));
  t.same(
    [gate.sees(wish, secret), gate.isOpen(wish, { path: 'a' }), gate.isOpen(wish, { prefix: '' })],
    [true, true, true],
  );
  isValid = false;
  t.throws(() => gate.pass(wish, { path: 'a' }), { code: 'NotAuthenticated' });
  t.throws(() => gate.passPrefix(wish, ''), { code: 'NotAuthenticated' });
  t.throws(() => gate.passAside(wish, ''), { code: 'NotAuthenticated' });
  t.same(
    [gate.sees(wish, secret), gate.isOpen(wish, { path: 'a' }), gate.isOpen(wish, { prefix: '' })],
    [false, false, false],
  );
});

test('under a prefix there must be something that may be seen', async (t) => {
  const { rig, me } = createWorld({
    rules: { allow: ['app/*/db', 'one', '/pre/fix/*'], deny: ['app/x/**', '**/y', 'app/w', 'on/*'] },
  });
  const opens = (prefix: string): boolean => {
    try {
      rig.pipeline.gate.passPrefix({ context: me, operation: 'list' }, prefix);
      return true;
    } catch {
      return false;
    }
  };
  for (const prefix of ['', 'a', 'app/', 'app/y/', 'app/y/z', 'app/w/', 'on', 'one', 'pre/fix/deep/er'])
    t.ok(opens(prefix), prefix);
  for (const prefix of ['b', 'apps', 'app/x/', 'app/x/z', 'one/', 'prefix', '../', 'a//'])
    t.notOk(opens(prefix), prefix);
  t.throws(() => rig.pipeline.gate.passPrefix({ context: me, operation: 'invalidate' }, 'app/'), {
    code: 'PolicyDenied',
  });
  const all = createWorld({ rules: { deny: ['**'] } });
  t.throws(() => all.rig.pipeline.gate.passPrefix({ context: all.me, operation: 'list' }, ''), {
    code: 'PolicyDenied',
  });
});

test('what leads to no store is decided by its path alone', async (t) => {
  const { rig, me } = createWorld({ rules: { operations: ['simulate'], allow: ['app/**'] } });
  const wish = { context: me, operation: 'simulate' } as const;
  t.doesNotThrow(() => rig.pipeline.gate.passAside(wish, ''));
  t.doesNotThrow(() => rig.pipeline.gate.passAside(wish, 'app/x'));
  t.throws(() => rig.pipeline.gate.passAside(wish, 'x'), { code: 'PolicyDenied' });
});

test('a secret that is known by its first reader is seen under the rules of its path and its instance', async (t) => {
  const { rig, me } = createWorld({ rules: { deny: ['app/db'], providers: ['gcp'] }, config: of('azure') });
  const sees = (path: string, provider: string): boolean =>
    rig.pipeline.gate.sees({ context: me, operation: 'describe' }, { path, provider });
  t.ok(sees('app/x', 'azure'));
  t.notOk(sees('App--DB', 'azure'));
  t.ok(sees('app/x', 'gcp'), 'it was read by name, and this caller may name it');
  t.notOk(sees('app/x', 'files'), 'this one may not be named');
  t.notOk(sees('app/x', 'gone'));
  t.notOk(rig.pipeline.gate.sees({ context: me, operation: 'rotate' }, { path: 'app/x', provider: 'azure' }));
});

test('a decision names its line, also without a route', async (t) => {
  const { rig, me } = createWorld({ rules: { allow: ['x', 'app/**'], deny: ['app/db'] }, config: of('azure') });
  const told = (path: string): unknown => {
    const { isAllowed, rule } = rig.pipeline.gate.decide({ context: me, operation: 'get' }, { path });
    return [isAllowed, rule?.key, rule?.index];
  };
  t.same(told('app/x'), [true, 'allow', 1]);
  t.same(told('APP--DB'), [false, 'deny', 0]);
  t.same(told('under_score'), [false, undefined, undefined]);
  t.same(rig.provider.calls, []);
});

test('whatever the spelling, a denied name is never read', async (t) => {
  const segment = fc.stringMatching(/^[a-cA-C]{1,3}$/);
  const name = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'));
  const spelling = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 });
  const bend = (path: string, choices: readonly boolean[]): string =>
    path
      .replaceAll('/', choices[0] === true ? '--' : '/')
      .split('')
      .map((letter, at) => (choices[(at % 7) + 1] === true ? letter.toUpperCase() : letter.toLowerCase()))
      .join('');
  await fc.assert(
    fc.asyncProperty(name, spelling, spelling, async (path, one, two) => {
      const { verdict } = createWorld({ rules: { deny: [bend(path, one)] }, config: of('azure') });
      return (await verdict(bend(path, two))) === 'PolicyDenied';
    }),
    { numRuns: 100 },
  );
  t.pass();
});

test("a mapping whose prefix no name of the store can have is in nobody's way", async (t) => {
  const config = { ...of('azure'), pathMappings: [mapping('app/**', ['azure'], 'no_name')] };
  const { verdict } = createWorld({ rules: {}, config });
  t.equal(await verdict('other/db'), 'ok');
});

test('a native name that another mapping hides is no other way to a secret', async (t) => {
  const pathMappings = [mapping('a/**', ['files'], 'team'), mapping('team/**', ['aws'])];
  const { verdict } = createWorld({ rules: { deny: ['team/a/**'] }, config: { ...of('files'), pathMappings } });
  t.equal(await verdict('a/x'), 'ok', 'the deny is about the other store');
  t.equal(await verdict('team/a/x'), 'PolicyDenied');
});

test('a store that answers a name with one outside of the environment opens nothing', async (t) => {
  const stray = new FakeProvider('stray');
  stray.toId = (path) => (path.endsWith('/stray') ? 'elsewhere' : path);
  const rig = createClientRig({ others: [stray], config: { environment: 'prod', ...of('stray') } });
  t.throws(() => rig.router.route({ path: 'stray' }), { code: 'PolicyDenied' });
  t.doesNotThrow(() => rig.router.route({ path: 'db' }));
});
