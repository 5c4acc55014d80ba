import { type Bench, CANARY, type ContractCase } from './contract-case.ts';

const value = `{"of":"${CANARY}"}`;

async function seedTree(bench: Bench): Promise<void> {
  for (const path of ['app/deep/x', 'other', 'app/db', 'app/deep/er/y', 'app/e']) await bench.seed(path, value);
}

/** Names and metadata, never a value. */
export const listingCases = {
  'a prefix is a string, not a folder': async (bench) => {
    await seedTree(bench);
    bench.t.same(await bench.names({ prefix: 'app/d' }), ['app/db', 'app/deep/er/y', 'app/deep/x']);
    bench.t.same(await bench.names({ prefix: 'app/deep/' }), ['app/deep/er/y', 'app/deep/x']);
    bench.t.same(await bench.names({ prefix: 'app/db' }), ['app/db']);
    bench.t.same(await bench.names({ prefix: 'o' }), ['other']);
  },

  'an empty prefix lists everything in order': async (bench) => {
    await seedTree(bench);
    const page = await bench.list({});
    bench.t.same(
      page.items.map((item) => item.name),
      ['app/db', 'app/deep/er/y', 'app/deep/x', 'app/e', 'other'],
    );
    bench.t.equal(page.nextCursor, undefined);
    bench.isSilent(page);
  },

  'an unknown prefix is an empty page': async (bench) => {
    await seedTree(bench);
    bench.t.same(await bench.list({ prefix: 'nothing/here' }), { items: [] });
    bench.t.same(await bench.list({ prefix: 'app/db/' }), { items: [] });
  },

  'an empty store is an empty page': async (bench) => {
    bench.t.same(await bench.list({}), { items: [] });
  },

  'pages of one follow each other': async (bench) => {
    await seedTree(bench);
    const found: string[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 50 && (pages === 0 || cursor !== undefined); pages++) {
      const page = await bench.list({ prefix: 'app/', limit: 1, ...(cursor !== undefined && { cursor }) });
      bench.t.ok(page.items.length <= 1, 'the limit is kept');
      found.push(...page.items.map((item) => item.name));
      cursor = page.nextCursor;
    }
    bench.t.same(found, ['app/db', 'app/deep/er/y', 'app/deep/x', 'app/e']);
  },

  'a cursor holds its place when a name comes in before it': async (bench) => {
    await seedTree(bench);
    const { nextCursor: cursor = '' } = await bench.list({ limit: 2 });
    const before = await bench.names({ limit: 2, cursor });
    await bench.seed('app/a', value);
    bench.t.same(before, ['app/deep/x', 'app/e']);
    bench.t.same(await bench.names({ limit: 2, cursor }), before);
  },

  'a description has no value': async (bench) => {
    await bench.seed('app/db', value, value.replace('{', '{"n":2,'));
    const metadata = await bench.provider.describe(bench.id('app/db'), bench.call);
    bench.t.equal(metadata.name, bench.id('app/db'));
    bench.t.equal(metadata.currentVersion ?? '', (await bench.get('app/db')).version);
    bench.t.notOk('value' in metadata, 'there is no value');
    bench.isSilent(metadata);
  },
} as const satisfies Record<string, ContractCase>;
