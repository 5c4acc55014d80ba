import { test } from 'tap';
import { AccessError } from '../../src/core/errors/access-error.ts';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { parsePathPattern } from '../../src/core/path-pattern.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';
import { type ClientRig, context, createClientRig, toCaller } from './client-rig.ts';

const asked = { prefix: '', tags: {}, limit: 2, context };
const pathMappings = [{ pattern: parsePathPattern('app/**'), providers: ['files'], scope: {}, prefix: 'team' }];

const cursors = (rig: ClientRig): readonly unknown[] => rig.provider.calls.map(({ query }) => query?.cursor);

test('a list tells paths as the caller writes them, and whose they are', async (t) => {
  const rig = createClientRig({ config: { environment: 'prod', pathMappings } });
  rig.provider.onList = () => ({
    items: [{ name: 'prod/team/app/db', tags: { a: 'b' } }, { name: 'dev/app/db' }, { name: 'prod/team/app/web' }],
  });
  const page = await rig.metadata.list({ ...asked, prefix: 'app/', tags: { team: 'shop' } });
  t.strictSame(page, {
    items: [
      { name: 'prod/team/app/db', tags: { a: 'b' }, path: 'app/db', provider: 'files' },
      { name: 'prod/team/app/web', path: 'app/web', provider: 'files' },
    ],
  });
  t.match(rig.provider.calls, [
    { name: 'list', query: { prefix: 'prod/team/app/', tags: { team: 'shop' }, limit: 2 } },
  ]);
});

test('a cursor is opaque, and leads to the next page of the same question', async (t) => {
  const rig = createClientRig();
  rig.provider.onList = ({ cursor }) =>
    cursor === undefined ? { items: [], nextCursor: 'internal-name' } : { items: [{ name: 'b' }] };
  const { nextCursor: cursor = '' } = await rig.metadata.list(asked);
  t.notMatch(cursor, 'internal-name');
  t.strictSame(await rig.metadata.list({ ...asked, cursor, limit: 9 }), {
    items: [{ name: 'b', path: 'b', provider: 'files' }],
  });
  t.same(cursors(rig), [undefined, 'internal-name']);
});

test('for another question it is refused, and the store is not asked', async (t) => {
  const other = new FakeProvider('other');
  const rig = createClientRig({ others: [other] });
  rig.provider.onList = () => ({ items: [], nextCursor: 'x' });
  rig.provider.onVersions = () => ({ items: [], nextCursor: 'x' });
  const { nextCursor: cursor = '' } = await rig.metadata.list({ ...asked, tags: { a: 'b' } });
  const { nextCursor: historyCursor = '' } = await rig.metadata.versions({ path: 'a', limit: 1, context });
  const refusal = { category: 'RequestError', code: 'InvalidParameter' };
  const { list, versions } = {
    list: (more: object) => rig.metadata.list({ ...asked, tags: { a: 'b' }, cursor, ...more }),
    versions: (more: object) => rig.metadata.versions({ path: 'a', limit: 1, context, cursor: historyCursor, ...more }),
  };
  const web = { ...context, caller: 'web' };
  await t.rejects(list({ prefix: 'a' }), refusal);
  await t.rejects(list({ context: web }), refusal);
  await t.rejects(list({ provider: 'other' }), refusal);
  await t.rejects(list({ tags: { a: 'c' } }), refusal);
  await t.rejects(list({ cursor: `${cursor.slice(0, -2)}AA` }), refusal);
  await t.rejects(list({ cursor: historyCursor }), refusal);
  await t.rejects(versions({ path: 'b' }), refusal);
  await t.rejects(versions({ context: web }), refusal);
  await t.rejects(versions({ provider: 'other' }), refusal);
  await t.rejects(versions({ cursor }), refusal);
  t.same([rig.provider.calls.length, other.calls.length], [2, 0]);
  await list({});
  await versions({});
  t.same(cursors(rig), [undefined, undefined, 'x', 'x']);
});

test('a description and a history are of the native id', async (t) => {
  const rig = createClientRig({ config: { environment: 'prod' } });
  rig.provider.onDescribe = (name) => ({ name, description: 'd' });
  rig.provider.onVersions = () => ({ items: [{ version: '2', stages: ['current'], state: 'enabled' }] });
  t.strictSame(await rig.metadata.describe({ path: 'db', context }), {
    name: 'prod/db',
    description: 'd',
    path: 'db',
    provider: 'files',
  });
  t.strictSame(await rig.metadata.versions({ path: 'db', limit: 7, context }), {
    items: [{ version: '2', stages: ['current'], state: 'enabled' }],
  });
  t.match(rig.provider.calls, [
    { name: 'describe', id: 'prod/db' },
    { name: 'versions', id: 'prod/db', query: { limit: 7 } },
  ]);
});

test('they go the way of every call: retried, and counted by the breaker', async (t) => {
  const rig = createClientRig();
  rig.provider.onDescribe = (name) => {
    if (rig.provider.calls.length < 3) throw new ProviderError('InternalError', 'x');
    return { name };
  };
  const described = rig.metadata.describe({ path: 'a', context });
  await rig.clock.advance(5_000);
  t.match(await described, { name: 'a' });
  t.equal(rig.provider.calls.length, 3);
});

test('every access is recorded once', async (t) => {
  const rig = createClientRig();
  const stranger = { ...context, caller: 'stranger' };
  await rig.metadata.list({ ...asked, prefix: 'app/' });
  await rig.metadata.describe({ path: 'a', context });
  await rig.metadata.versions({ path: 'a', limit: 1, context });
  await t.rejects(rig.metadata.list({ ...asked, context: stranger }), { code: 'PolicyDenied' });
  await t.rejects(rig.metadata.describe({ path: 'a', provider: 'nope', context }), { code: 'InvalidProvider' });
  rig.provider.onDescribe = () => {
    throw new AccessError('AccessDenied', 'x');
  };
  await t.rejects(rig.metadata.describe({ path: 'a', context }), { code: 'AccessDenied' });
  t.strictSame(rig.audited, [
    { operation: 'list', path: 'app/', context, provider: 'files', cached: false },
    { operation: 'describe', path: 'a', context, provider: 'files', cached: false },
    { operation: 'describe', path: 'a', context, provider: 'files', cached: false },
    { operation: 'list', path: '', context: stranger, cached: false, code: 'PolicyDenied' },
    { operation: 'describe', path: 'a', context, cached: false, code: 'InvalidProvider' },
    { operation: 'describe', path: 'a', context, cached: false, code: 'AccessDenied', provider: 'files' },
  ]);
});

const narrow = { ...context, caller: 'narrow' };

/** A store with secrets `a0`, `a1` and so on, of which the caller may see five. */
function createNarrowRig(count: number): ClientRig {
  const rig = createClientRig({ callers: [toCaller('narrow', { allow: ['a0', 'a2', 'a4', 'a6', 'a8'] })] });
  rig.provider.onList = ({ limit, cursor = '0' }) => {
    const from = Number(cursor);
    const items = Array.from({ length: Math.min(limit, count - from) }, (_, at) => ({ name: `a${from + at}` }));
    return from + limit < count ? { items, nextCursor: String(from + limit) } : { items };
  };
  return rig;
}

test('a list shows what the caller may see, in pages that are filled up', async (t) => {
  const rig = createNarrowRig(10);
  const first = await rig.metadata.list({ ...asked, limit: 3, context: narrow });
  t.same(
    first.items.map(({ path }) => path),
    ['a0', 'a2', 'a4'],
  );
  const { nextCursor: cursor = '' } = first;
  const next = await rig.metadata.list({ ...asked, limit: 3, context: narrow, cursor });
  t.same([next.items.map(({ path }) => path), next.nextCursor], [['a6', 'a8'], undefined]);
  t.ok(
    rig.provider.calls.every(({ query }) => (query?.limit ?? 0) <= 3),
    'never more than is missing',
  );
  rig.provider.calls.length = 0;
  await rig.metadata.list({ ...asked, limit: 3 });
  t.equal(rig.provider.calls.length, 1, 'one call where nothing is hidden');
});

test('a caller who may see next to nothing does not make the daemon list everything', async (t) => {
  const rig = createNarrowRig(40);
  const { nextCursor: cursor = '' } = await rig.metadata.list({ ...asked, limit: 5, context: narrow });
  const before = rig.provider.calls.length;
  const page = await rig.metadata.list({ ...asked, limit: 1, context: narrow, cursor });
  t.same(page.items, []);
  t.ok(page.nextCursor);
  t.equal(rig.provider.calls.length - before, 10);
});

test('who may see only what has a tag may ask for that very tag', async (t) => {
  const rig = createClientRig({ callers: [toCaller('web', { tags: { team: 'shop' } })] });
  rig.provider.onList = () => ({ items: [{ name: 'a', tags: { team: 'shop' } }] });
  const list = (tags: Readonly<Record<string, string>>) =>
    rig.metadata.list({ ...asked, tags, context: { ...context, caller: 'web' } });
  t.match(await list({ team: 'shop' }), { items: [{ path: 'a' }] });
  t.strictSame(await list({ team: 'other' }), { items: [] });
});
