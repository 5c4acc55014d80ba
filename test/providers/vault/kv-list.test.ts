import { test } from 'tap';
import { array, assert, asyncProperty, constantFrom, integer } from 'fast-check';
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
  t.same(asked, ['', 'a/', 'a/y/', 'b/']);
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
        const { readFolder } = engine(paths);
        const found: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await listKv({ prefix, tags: {}, limit, ...(cursor !== undefined && { cursor }) }, readFolder);
          found.push(...page.items.map((item) => item.name));
          cursor = page.nextCursor;
        } while (cursor !== undefined);
        const expected = paths.filter((path) => path.startsWith(prefix)).sort();
        if (JSON.stringify(found) !== JSON.stringify(expected))
          throw new Error(`${found.join()} is not ${expected.join()}`);
      },
    ),
  );
  t.pass('no counterexample');
});
