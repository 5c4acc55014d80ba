import { test } from 'tap';
import { GcpRig } from './gcp-rig.ts';

async function seeded(t: Parameters<typeof GcpRig.create>[0]): Promise<GcpRig> {
  const rig = await GcpRig.create(t);
  for (const id of ['app--web--db', 'app-web', 'wapp--x', 'app---y', 'other', 'App--z']) rig.store.add(id, 'x');
  return rig;
}

const filters = (rig: GcpRig): readonly (string | null)[] =>
  rig.server.requests.map(({ query }) => query.get('filter'));

test('the filter of the store is checked again', async (t) => {
  const rig = await seeded(t);
  t.same(await rig.names({ prefix: 'app/' }), ['app/-y', 'app/web/db']);
  t.same(await rig.names({ prefix: 'app-' }), ['app-web']);
  t.same(await rig.names({ prefix: 'app' }), ['app-web', 'app/-y', 'app/web/db']);
  t.same(filters(rig), ['name:app--', 'name:app-', 'name:app']);
});

test('names are in order', async (t) => {
  const rig = await seeded(t);
  t.same(await rig.names(), ['App/z', 'app-web', 'app/-y', 'app/web/db', 'other', 'wapp/x']);
});

test('a prefix that no name can have asks nothing', async (t) => {
  const rig = await seeded(t);
  t.same(await rig.names({ prefix: 'a.b' }), []);
  t.same(rig.asked(), []);
});

test('labels are tags', async (t) => {
  const rig = await seeded(t);
  const secret = rig.store.secrets.get('app-web');
  if (secret !== undefined) secret.labels = { team: 'shop', größe: 'xl', empty: '' };
  t.same(await rig.names({ tags: { team: 'shop' } }), ['app-web']);
  t.same(await rig.names({ tags: { team: 'shop', größe: 'xl' } }), ['app-web']);
  t.same(await rig.names({ tags: { empty: '' } }), ['app-web']);
  t.same(await rig.names({ tags: { empty: 'x' } }), []);
  t.same(await rig.names({ tags: { constructor: 'x' } }), []);
  t.same(filters(rig), ['labels.team=shop', 'labels.team=shop', null, 'labels.empty=x', 'labels.constructor=x']);
});

test('the cursor is the last name', async (t) => {
  const rig = await seeded(t);
  const first = await rig.provider.list({ prefix: '', tags: {}, limit: 2 }, rig.call);
  t.equal(first.nextCursor, 'app-web');
  const second = await rig.provider.list({ prefix: '', tags: {}, limit: 4, cursor: 'app-web' }, rig.call);
  t.same(
    second.items.map(({ name }) => name),
    ['app/-y', 'app/web/db', 'other', 'wapp/x'],
  );
  t.equal(second.nextCursor, undefined);
});

test('many pages of the store are one list', async (t) => {
  const rig = await GcpRig.create(t);
  const ids = Array.from({ length: 1_100 }, (_, index) => `s${String(index).padStart(4, '0')}`);
  for (const id of ids.toReversed()) rig.store.add(id, 'x');
  t.same(await rig.names({ limit: 2_000 }), ids);
  t.equal(rig.asked().length, 2);
});

test('items that are no secrets are left out', async (t) => {
  const rig = await GcpRig.create(t);
  rig.manager.faults.push({ status: 200, body: { secrets: [1, {}, { name: 'x' }, { name: 'projects/1/secrets/a' }] } });
  t.same(await rig.names(), ['a']);
});
