import { test } from 'tap';
import { array, assert, asyncProperty, constantFrom, integer } from 'fast-check';
import type { ListQuery } from '../../../src/core/provider.ts';
import { listKv } from '../../../src/providers/vault/kv-list.ts';

/** Lists an imaginary engine and writes down which folders were asked. */
function engine(paths: readonly string[]): {
  readonly asked: string[];
  readonly readFolder: (folder: string) => Promise<string[]>;
} {
  const asked: string[] = [];
  const readFolder = async (folder: string): Promise<string[]> => {
    asked.push(folder);
    const below = paths.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length));
    return [...new Set(below.map((path) => path.replace(/\/.*$/, '/')))];
  };
  return { asked, readFolder };
}

const tree = ['a', 'a-b', 'a/x', 'a/y/1', 'a/y/2', 'b/z', 'c'];

test('starts in the folder of the prefix and stops when the page is full', async (t) => {
  const { asked, readFolder } = engine(tree);
  const page = await listKv({ prefix: 'a/y', tags: {}, limit: 1 }, readFolder);
  t.same(page, { items: [{ name: 'a/y/1' }], nextCursor: 'a/y/1' });
  t.same(asked, ['a/', 'a/y/']);
});

test('skips what lies before the cursor', async (t) => {
  const { asked, readFolder } = engine(tree);
  const page = await listKv({ prefix: '', tags: {}, limit: 10, cursor: 'a/y/1' }, readFolder);
  t.same(
    page.items.map(({ name }) => name),
    ['a/y/2', 'b/z', 'c'],
  );
  t.same(asked, ['a/y/', 'a/', '', 'b/']);
  asked.length = 0;
  await listKv({ prefix: '', tags: {}, limit: 10, cursor: 'b' }, readFolder);
  t.same(asked, ['', 'b/'], 'not into a folder before the cursor');
});

test('a prefix that no path can have asks nothing', async (t) => {
  const { asked, readFolder } = engine(tree);
  for (const prefix of ['/', 'a//', '../', 'a/./b', 'a\u0000/', 'a./'])
    t.same(await listKv({ prefix, tags: {}, limit: 10 }, readFolder), { items: [] }, prefix);
  t.same(asked, []);
});

/** Follows the cursors to the end; fails when they do not lead there. */
async function walk(
  paths: readonly string[],
  query: Pick<ListQuery, 'prefix' | 'limit'>,
): Promise<{ readonly found: readonly string[]; readonly calls: readonly number[] }> {
  const { asked, readFolder } = engine(paths);
  const found: string[] = [];
  const calls: number[] = [];
  let cursor: string | undefined;
  do {
    asked.length = 0;
    const page = await listKv({ ...query, tags: {}, ...(cursor !== undefined && { cursor }) }, readFolder);
    if (page.items.length > query.limit) throw new Error('the limit is not kept');
    found.push(...page.items.map((item) => item.name));
    calls.push(asked.length);
    if (calls.length > 2_000 || (cursor !== undefined && page.nextCursor === cursor))
      throw new Error(`no end at ${cursor}`);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return { found, calls };
}

test('a page of a large tree ends early', async (t) => {
  const paths = Array.from({ length: 400 }, (_, n) => `f${n}/x`).sort();
  for (const limit of [1, 7, 1000]) {
    const { found, calls } = await walk(paths, { prefix: '', limit });
    t.same(found, paths);
    t.ok(Math.max(...calls) <= 50, 'no page reads more than 50 folders');
    if (limit === 1000) t.equal(calls.length, Math.ceil(401 / 49), 'each page reads the top and 49 folders');
  }
});

test('the walk goes on where no secret was found yet', async (t) => {
  const deep = `${'d/'.repeat(170)}x`;
  t.same(await walk([deep], { prefix: '', limit: 10 }), { found: [deep], calls: [50, 50, 50, 50, 50, 50, 21] });
  const { found } = await walk(['a', deep, 'd0', 'e/f'], { prefix: '', limit: 1 });
  t.same(found, ['a', deep, 'd0', 'e/f'], 'down and up again');
  const beside = Array.from({ length: 120 }, (_, n) => `a${n}/`).sort();
  const { readFolder } = engine(beside.map((folder) => `${folder}gone`));
  const page = await listKv({ prefix: '', tags: {}, limit: 5 }, async (f) => (f === '' ? readFolder(f) : []));
  t.same(page, { items: [], nextCursor: beside[49] }, 'an empty page');
});

test('a folder that has gone since, or has no name, does not hold the walk', async (t) => {
  const { readFolder } = engine(['a/x', 'b']);
  for (const cursor of ['a/gone/', 'a/gone//', 'a/gone/z'])
    t.same((await listKv({ prefix: '', tags: {}, limit: 9, cursor }, readFolder)).items, [
      { name: 'a/x' },
      { name: 'b' },
    ]);
  const nameless = async (folder: string): Promise<string[]> => (folder === '' ? ['/', 'b'] : ['x']);
  t.same(await listKv({ prefix: '', tags: {}, limit: 9 }, nameless), { items: [{ name: 'b' }] });
  t.same(
    await listKv({ prefix: 'a/y', tags: {}, limit: 9, cursor: 'b' }, readFolder),
    { items: [] },
    'not of this list',
  );
});

test('pages of any size give every path once, in order', async (t) => {
  const name = constantFrom('a', 'b', 'a-', 'a.b', 'é', '0');
  const path = array(name, { minLength: 1, maxLength: 4 });
  await assert(
    asyncProperty(
      array(path, { maxLength: 20 }),
      integer({ min: 1, max: 5 }),
      constantFrom('', 'a', 'a/', 'a/b'),
      async (lists, limit, prefix) => {
        const paths = [...new Set(lists.map((segments) => segments.join('/')))];
        const { found } = await walk(paths, { prefix, limit });
        const expected = paths.filter((path) => path.startsWith(prefix)).sort();
        if (JSON.stringify(found) !== JSON.stringify(expected))
          throw new Error(`${found.join()} is not ${expected.join()}`);
      },
    ),
  );
  t.pass('no counterexample');
});
