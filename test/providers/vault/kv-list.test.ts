import { setImmediate as turn } from 'node:timers/promises';
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
  const paths = Array.from({ length: 900 }, (_, n) => `f${n}/x`).sort();
  for (const limit of [1, 7, 1000]) {
    const { found, calls } = await walk(paths, { prefix: '', limit });
    t.same(found, paths);
    t.ok(Math.max(...calls) <= 400, 'no page reads more than 400 folders');
    t.ok(Math.max(...calls) <= limit + 40, 'nor many more than it has secrets');
  }
});

test('folders side by side are read eight at once, in whatever folders they are', async (t) => {
  for (const paths of [
    Array.from({ length: 64 }, (_, n) => `f${n}/x`),
    Array.from({ length: 64 }, (_, n) => `f${n}/one/two/x`),
    Array.from({ length: 64 }, (_, n) => `f${n % 8}/g${n}/x`),
  ]) {
    let [underWay, most, rounds] = [0, 0, 0];
    let round: Promise<void> | undefined;
    const nextRound = async (): Promise<void> => {
      await turn();
      rounds++;
      round = undefined;
    };
    const { readFolder } = engine(paths);
    const page = await listKv({ prefix: '', tags: {}, limit: 100 }, async (folder) => {
      most = Math.max(most, ++underWay);
      round ??= nextRound();
      await round;
      underWay--;
      return readFolder(folder);
    });
    t.same(
      page.items.map(({ name }) => name),
      paths.toSorted(),
    );
    t.equal(most, 8);
    const folders = new Set(
      paths.flatMap((path) => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index))),
    );
    t.ok(rounds <= folders.size / 3, `${rounds} rounds for ${folders.size} folders`);
  }
});

test('the walk goes on where no secret was found yet', async (t) => {
  const deep = `${'d/'.repeat(170)}x`;
  const { found: deepest, calls } = await walk([deep], { prefix: '', limit: 10 });
  t.same(deepest, [deep]);
  t.equal(calls[0], 50, 'folders one in the other are read one after the other, so few of them');
  t.ok(calls.length < 8, `${calls.length} pages`);
  const { found } = await walk(['a', deep, 'd0', 'e/f'], { prefix: '', limit: 1 });
  t.same(found, ['a', deep, 'd0', 'e/f'], 'down and up again');
  const beside = Array.from({ length: 900 }, (_, n) => `a${n}/`).sort();
  const { readFolder } = engine(beside.map((folder) => `${folder}gone`));
  const page = await listKv({ prefix: '', tags: {}, limit: 5 }, async (f) => (f === '' ? readFolder(f) : []));
  t.same(page.items, []);
  t.match(page.nextCursor, /^a\d+\/$/, 'an empty page');
});

test('a folder that fails fails the page, and one that is not needed does not', async (t) => {
  const { readFolder } = engine(['a/1', 'a/2', 'b/1', 'c/1']);
  const broken = async (folder: string): Promise<string[]> => {
    if (folder === 'c/') throw new TypeError('broken');
    return readFolder(folder);
  };
  const page = await listKv({ prefix: '', tags: {}, limit: 2 }, broken);
  t.same(
    page.items.map(({ name }) => name),
    ['a/1', 'a/2'],
  );
  await t.rejects(listKv({ prefix: '', tags: {}, limit: 4 }, broken), { message: 'broken' });
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
