import { test } from 'tap';
import { type ClientRig, context, createClientRig, toCaller } from './client-rig.ts';

const operations = ['get', 'describe', 'invalidate'] as const;
const [shop, plain, outside] = ['shop', 'plain', 'outside'].map((caller) => ({ ...context, caller }));
const wish = (asker = shop, operation: (typeof operations)[number] = 'get') =>
  ({ context: asker ?? context, operation }) as const;

/** `shop` may have what is tagged so, `plain` all but `x/**`, `outside` may not describe. */
function createRig(): ClientRig {
  const callers = [
    toCaller('shop', { operations, tags: { team: 'shop' } }),
    toCaller('plain', { operations, deny: ['x/**'] }),
    toCaller('outside', { operations: ['get'] }),
  ];
  const rig = createClientRig({ callers });
  rig.provider.onDescribe = (name) => ({ name, tags: { team: name.startsWith('ours') ? 'shop' : 'other' } });
  return rig;
}

test('where no tags are asked for, no store is', async (t) => {
  const { pipeline, provider } = createRig();
  const { gate } = pipeline;
  const route = gate.pass(wish(plain), { path: 'a' });
  t.notOk(route instanceof Promise);
  t.equal(gate.seesInTime(wish(plain, 'describe'), { path: 'a', provider: 'files' }), true);
  t.equal(gate.recheck(wish(plain), await route, 'another'), undefined);
  t.equal(provider.calls.length, 0);
});

test('what may ask no store takes tags that are not at hand for wrong ones', async (t) => {
  const { gate } = createRig().pipeline;
  const invalidate = wish(shop, 'invalidate');
  t.throws(() => gate.passBlind(invalidate, { path: 'ours/a' }), { code: 'PolicyDenied' });
  t.notOk(gate.decide(wish(), { path: 'ours/a' }).isAllowed);
  await gate.pass(wish(), { path: 'ours/a' });
  t.doesNotThrow(() => gate.passBlind(invalidate, { path: 'ours/a' }));
  t.ok(gate.decide(wish(), { path: 'ours/a' }).isAllowed);
  t.match(gate.decide(wish(), { path: 'theirs/a' }), { isAllowed: false, rule: { key: 'tags' } });
});

test('a prefix is looked at before anybody is told what is below', async (t) => {
  const { gate } = createRig().pipeline;
  for (const prefix of ['../', 'a//', '/a', '\0'])
    t.throws(() => gate.passPrefix(wish(plain), prefix), { code: 'InvalidPath' });
});

test('what leads nowhere is seen by nobody, whether tags matter or not', async (t) => {
  const { gate } = createRig().pipeline;
  const gone = { path: 'a', provider: 'gone' };
  for (const asker of [shop, plain]) t.equal(await gate.seesInTime(wish(asker, 'describe'), gone), false);
});

test('what is open ends with the permission for the path, for the prefix, and for the operation', async (t) => {
  const { gate } = createRig().pipeline;
  const isOpen = (place: object, asker = plain) => gate.isOpen(wish(asker, 'describe'), place);
  t.strictSame([isOpen({ path: 'a' }), isOpen({ path: 'x/a' }), isOpen({ path: '../a' })], [true, false, false]);
  t.strictSame([isOpen({ prefix: 'a' }), isOpen({ prefix: 'x/' }), isOpen({})], [true, false, true]);
  t.notOk(isOpen({ path: 'a' }, outside));
  t.notOk(isOpen({ prefix: 'a' }, outside));
});

test('an answer of a source that is not on the route counts for nobody who needs tags', async (t) => {
  const { gate } = createRig().pipeline;
  const route = await gate.pass(wish(), { path: 'ours/a' });
  await t.rejects(Promise.resolve(gate.recheck(wish(), route, 'another')), { code: 'PolicyDenied' });
  t.equal(gate.recheck(wish(), route, route[0].identity.secretKey), undefined);
});
