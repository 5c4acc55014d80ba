import { test } from 'tap';
import { ANONYMOUS, type AccessMode, type CallerSettings, toCallerRules } from '../../src/access/caller-rules.ts';
import { Policy, type Question } from '../../src/access/policy.ts';
import { operations } from '../../src/core/access-context.ts';
import { toCaller } from '../client/client-rig.ts';

const policyOf = (callers: readonly CallerSettings[], mode: AccessMode = 'token'): Policy =>
  new Policy(toCallerRules(mode, callers));

const get = (caller: string, question: Partial<Question> = {}): Question => ({
  caller,
  operation: 'get',
  path: 'app/db',
  places: [{ canonical: question.path ?? 'app/db', aliases: [] }],
  ...question,
});

function allowed(policy: Policy, caller: string): readonly string[] {
  return operations.filter((operation) => policy.decide(get(caller, { operation })).isAllowed);
}

test('in open mode everyone may read; to rotate and to invalidate needs a policy', async (t) => {
  t.same(allowed(policyOf([], 'open'), ANONYMOUS), ['get', 'list', 'describe', 'resolve', 'simulate']);
  const rules = { name: ANONYMOUS, operations: ['get', 'invalidate'] as const, deny: [], tags: {} };
  t.same(allowed(policyOf([rules], 'open'), ANONYMOUS), ['get', 'invalidate'], 'a policy of that name says it all');
  const named = get(ANONYMOUS, { provider: 'vault' });
  t.ok(policyOf([], 'open').decide(named).isAllowed);
  t.ok(policyOf([rules], 'open').decide(named).isAllowed);
  const narrow = policyOf([{ ...rules, allow: ['x'], providers: ['aws'] }], 'open');
  t.notOk(narrow.decide(get(ANONYMOUS)).isAllowed);
  t.notOk(narrow.decide(get(ANONYMOUS, { path: 'x', provider: 'vault' })).isAllowed);
});

test('otherwise nothing is allowed that no line allows', async (t) => {
  for (const mode of ['token', 'jwt'] as const) {
    t.same(allowed(policyOf([], mode), ANONYMOUS), []);
    const bare = { name: ANONYMOUS, operations, deny: [], tags: {} };
    t.same(allowed(policyOf([bare], mode), ANONYMOUS), [], 'not even for this name');
  }
  const bare = { name: 'web', operations, deny: [], tags: {} };
  for (const mode of ['open', 'token', 'jwt'] as const) t.same(allowed(policyOf([bare], mode), 'web'), []);
});

test('a caller may do what his policy says, another one nothing', async (t) => {
  const policy = policyOf([toCaller('web', { operations: ['list'] }), toCaller('none', { operations: [] })]);
  t.same(allowed(policy, 'web'), ['list']);
  for (const caller of ['none', 'stranger', '', 'Web', '__proto__']) t.same(allowed(policy, caller), [], caller);
});

test('each kind of line decides, and says so', async (t) => {
  const policy = policyOf([
    toCaller('web', {
      operations: ['get'],
      allow: ['other/**', 'app/**'],
      deny: ['x', 'app/admin/**'],
      providers: ['vault'],
      tags: { team: 'shop' },
    }),
  ]);
  const told = (question: Partial<Question>): unknown => {
    const { isAllowed, rule } = policy.decide(get('web', { tags: { team: 'shop', more: '1' }, ...question }));
    return [isAllowed, rule?.key, rule?.index];
  };
  t.same(told({}), [true, 'allow', 1]);
  t.same(told({ provider: 'vault' }), [true, 'allow', 1]);
  t.same(told({ operation: 'list' }), [false, 'operations', undefined]);
  t.same(told({ provider: 'aws' }), [false, 'providers', undefined]);
  t.same(told({ path: 'app/admin/x' }), [false, 'deny', 1]);
  t.same(told({ path: 'elsewhere' }), [false, undefined, undefined]);
  t.same(told({ tags: { team: 'ship' } }), [false, 'tags', undefined]);
  t.same(told({ tags: {} }), [false, 'tags', undefined]);
  t.same(told({ tags: Object.create({ team: 'shop' }) }), [false, 'tags', undefined], 'an inherited tag is none');
  t.notOk(policy.decide({ ...get('web'), path: 'app/db' }).isAllowed, 'tags that are not known are no yes');
  t.equal(policy.decide(get('web', { operation: 'list' })).rule?.caller, 'web');
});

test('all tags are needed, not one of them', async (t) => {
  const policy = policyOf([toCaller('web', { tags: { team: 'shop', tier: 'db' } })]);
  const decide = (tags: Readonly<Record<string, string>>): boolean => policy.decide(get('web', { tags })).isAllowed;
  t.ok(decide({ team: 'shop', tier: 'db', more: '1' }));
  for (const tags of [{ team: 'shop' }, { tier: 'db' }, { team: 'shop', tier: 'web' }]) t.notOk(decide(tags));
});

test('a deny counts for the path as it is written, whatever the store makes of it', async (t) => {
  const policy = policyOf([toCaller('web', { deny: ['A'] })]);
  const places = [{ canonical: 'a', aliases: [] }];
  t.notOk(policy.decide(get('web', { path: 'A', places })).isAllowed);
  t.ok(policy.decide(get('web', { path: 'a', places })).isAllowed);
  t.notOk(policy.decide(get('web', { path: 'A', places: [] })).isAllowed, 'also where it leads nowhere');
});

test('the refusal names the caller and the operation, and nothing of the secret', async (t) => {
  t.throws(() => policyOf([]).assertAllowed(get('web')), {
    category: 'CallerError',
    code: 'PolicyDenied',
    message: "caller 'web' may not get",
  });
  t.doesNotThrow(() => policyOf([toCaller('web')]).assertAllowed(get('web')));
});

test('of two lines that refuse the path is told, and who has no condition is asked for no tags', async (t) => {
  const policy = policyOf([toCaller('web', { deny: ['app/**'], tags: { team: 'shop' } }), toCaller('free')]);
  t.match(policy.decide(get('web', { tags: {} })), { isAllowed: false, rule: { key: 'deny', index: 0 } });
  t.equal(policy.of('free')?.conditions, undefined);
});
