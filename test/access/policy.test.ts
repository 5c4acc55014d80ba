import { test } from 'tap';
import { ANONYMOUS, type CallerRules, createPolicy } from '../../src/access/policy.ts';
import { operations } from '../../src/core/access-context.ts';

function allowed(rules: readonly CallerRules[], caller: string): readonly string[] {
  const policy = createPolicy(rules);
  const context = { caller, source: 'unix', requestId: 'r1' };
  return operations.filter((operation) => {
    try {
      policy.assertAllowed(context, operation);
      return true;
    } catch {
      return false;
    }
  });
}

test('in open mode everyone may read; to rotate and to invalidate needs a policy', async (t) => {
  t.same(allowed([], ANONYMOUS), ['get', 'list', 'describe', 'resolve']);
  const rules = [{ name: ANONYMOUS, operations: ['get', 'invalidate'] as const }];
  t.same(allowed(rules, ANONYMOUS), ['get', 'invalidate'], 'a policy of that name says it all');
});

test('a caller may do what his policy says, another one nothing', async (t) => {
  const rules = [
    { name: 'web', operations: ['list'] as const },
    { name: 'none', operations: [] },
  ];
  t.same(allowed(rules, 'web'), ['list']);
  for (const caller of ['none', 'stranger', '', 'Web', '__proto__']) t.same(allowed(rules, caller), [], caller);
});

test('the refusal names the caller and the operation, and nothing of the secret', async (t) => {
  t.throws(() => createPolicy([]).assertAllowed({ caller: 'web', source: 'unix', requestId: 'r1' }, 'get'), {
    category: 'CallerError',
    code: 'PolicyDenied',
    message: "caller 'web' may not get",
  });
});
