import { listKv } from '../../src/providers/vault/kv-list.ts';
import type { ListQuery, SecretProvider } from '../../src/core/provider.ts';
import type { SecretMetadata } from '../../src/core/secret.ts';
import { openBaoTest } from './backend-test.ts';
import { type OpenBao, startOpenBao } from './openbao.ts';
import { startProvider } from './vault-provider.ts';

const TENS = Array.from('0123456789');
/** 10,000 keys in 1,000 folders, three folders deep. */
const PATHS = TENS.flatMap((a) =>
  TENS.flatMap((b) => TENS.flatMap((c) => TENS.map((d) => `app/team-${a}/service-${b}/env-${c}/key-${d}`))),
);
const AT_ONCE = 16;

async function writeAll(bao: OpenBao, paths: readonly string[]): Promise<void> {
  const left = paths.values();
  const write = async (): Promise<void> => {
    for (const path of left) await bao.call(`secret/data/${path}`, '{"data":{"a":1}}');
  };
  await Promise.all(Array.from({ length: AT_ONCE }, write));
}

interface Walk {
  readonly items: readonly SecretMetadata[];
  readonly cursors: readonly string[];
  readonly ms: number;
  readonly longestPageMs: number;
}

/** All pages of a list. */
async function walk(provider: SecretProvider, query: Omit<ListQuery, 'cursor'>): Promise<Walk> {
  const items: SecretMetadata[] = [];
  const cursors: string[] = [];
  const startMs = performance.now();
  let longestPageMs = 0;
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const pageStartMs = performance.now();
    const signal = AbortSignal.timeout(3_000);
    const page = await provider.list({ ...query, ...(cursor !== '' && { cursor }) }, { signal });
    longestPageMs = Math.max(longestPageMs, performance.now() - pageStartMs);
    items.push(...page.items);
    cursor = page.nextCursor;
    if (cursor !== undefined) cursors.push(cursor);
  }
  return { items, cursors, ms: performance.now() - startMs, longestPageMs };
}

const figures = ({ items, cursors, ms, longestPageMs }: Walk): string =>
  `${items.length} keys, ${cursors.length + 1} pages, ${ms.toFixed(0)} ms, longest page ${longestPageMs.toFixed(0)} ms`;

await openBaoTest('10,000 keys in nested folders', async (t) => {
  const bao = await startOpenBao();
  t.teardown(() => bao.stop());
  await writeAll(bao, PATHS);
  const { provider, call } = await startProvider(t, bao, {});
  const expected = PATHS.toSorted();
  for (const limit of [100, 1_000]) {
    const found = await walk(provider, { prefix: 'app/', tags: {}, limit });
    t.same(
      found.items.map(({ name }) => name),
      expected,
    );
    t.comment(`limit ${limit}: ${figures(found)}`);
  }
  const folder = 'app/team-4/service-2/env-7/';
  const below = await walk(provider, { prefix: folder, tags: {}, limit: 4 });
  t.same(below.cursors, [`${folder}key-3`, `${folder}key-7`], 'three pages');
  const { nextCursor: cursor = '' } = await provider.list({ prefix: 'app/', tags: {}, limit: 1_000 }, call);
  const next = async (): Promise<readonly SecretMetadata[]> =>
    (await provider.list({ prefix: 'app/', tags: {}, limit: 50, cursor }, call)).items;
  const before = await next();
  await writeAll(bao, ['app/a', 'app/team-0/service-0/new', 'aaa']);
  t.same(await next(), before, 'the cursor holds its place when keys come in before it');
});

await openBaoTest('folders are read eight at once, and not more', async (t) => {
  const bao = await startOpenBao();
  t.teardown(() => bao.stop());
  const paths = PATHS.filter((_, index) => index % 100 === 0);
  await writeAll(bao, paths);
  let [underWay, most, calls] = [0, 0, 0];
  const readFolder = async (folder: string): Promise<readonly string[]> => {
    most = Math.max(most, ++underWay);
    calls++;
    const answer = await bao.ask(`secret/metadata/${folder}?list=true`);
    underWay--;
    return JSON.parse(answer.text).data.keys;
  };
  const page = await listKv({ prefix: 'app/', tags: {}, limit: 1_000 }, readFolder);
  t.equal(page.items.length, 100);
  t.equal(most, 8);
  t.comment(`${calls} folders, at most ${most} at once`);
});

await openBaoTest('a list is filtered by tag', async (t) => {
  const bao = await startOpenBao();
  t.teardown(() => bao.stop());
  const paths = PATHS.filter((_, index) => index % 20 === 0);
  await writeAll(bao, paths);
  const shop = paths.filter((_, index) => index % 7 === 0);
  for (const path of shop)
    await bao.call(`secret/metadata/${path}`, {
      custom_metadata: { team: 'shop', tier: path.includes('-1') ? '1' : '2' },
    });
  const { provider } = await startProvider(t, bao, {});
  const found = await walk(provider, { prefix: 'app/', tags: { team: 'shop' }, limit: 1_000 });
  t.same(
    found.items.map(({ name }) => name),
    shop.toSorted(),
  );
  t.equal(found.items[0]?.tags?.['team'], 'shop');
  t.comment(`of ${paths.length}: ${figures(found)}`);
  const first = await walk(provider, { prefix: 'app/', tags: { team: 'shop', tier: '1' }, limit: 1_000 });
  t.same(
    first.items.map(({ name }) => name),
    shop.filter((path) => path.includes('-1')).toSorted(),
  );
  t.same((await walk(provider, { prefix: 'app/', tags: { constructor: 'x' }, limit: 1_000 })).items, []);
});
