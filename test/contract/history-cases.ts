import type { SecretVersion, VersionState } from '../../src/core/secret.ts';
import { type Bench, CANARY, type ContractCase } from './contract-case.ts';

const value = (n: number): string => `{"n":${n},"of":"${CANARY}"}`;
const three = [value(1), value(2), value(3)] as const;

/** Versions and stages. */
export const historyCases = {
  'each version is read by its id': async (bench) => {
    await bench.seed('app/db', ...three);
    const ids = await bench.versionIds('app/db');
    bench.t.equal(new Set(ids).size, 3, 'three ids');
    for (const [index, version] of ids.entries()) {
      const secret = await bench.get('app/db', { version });
      bench.t.match(secret.value.expose(), `"n":${index + 1}`);
      bench.t.equal(secret.version, version);
    }
  },

  'the history is newest first': async (bench) => {
    await bench.seed('app/db', ...three);
    const { items, nextCursor } = await bench.provider.versions(bench.id('app/db'), { limit: 100 }, bench.call);
    bench.t.equal(items[0]?.version, (await bench.get('app/db')).version);
    bench.t.same(
      items.map((row) => row.state),
      ['enabled', 'enabled', 'enabled'],
    );
    bench.t.ok(items[0]?.stages.includes('current'), 'the first is current');
    bench.t.ok(items[1]?.stages.includes('previous'), 'the second is previous');
    bench.t.equal(nextCursor, undefined);
    bench.isSilent(items);
  },

  'the history is paged': async (bench) => {
    await bench.seed('app/db', ...three);
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: 1, ...(cursor !== undefined && { cursor }) };
      const page = await bench.provider.versions(bench.id('app/db'), query, bench.call);
      bench.t.ok(page.items.length <= 1, 'the limit is kept');
      found.push(...page.items.map((row) => row.version));
      cursor = page.nextCursor;
    } while (cursor !== undefined && found.length < 10);
    bench.t.same(found.toReversed(), await bench.versionIds('app/db'));
  },

  'the previous version is the one before': async (bench) => {
    await bench.seed('app/db', ...three);
    bench.t.match(await bench.text('app/db', { stage: 'previous' }), '"n":2');
  },

  'the previous version is one that can be read': async (bench) => {
    await bench.seed('app/db', ...three);
    await bench.deleteVersion('app/db', 2);
    bench.t.match(await bench.text('app/db', { stage: 'previous' }), '"n":1');
  },

  'a first version has none before it': async (bench) => {
    await bench.seed('app/db', value(1));
    await bench.fails(() => bench.get('app/db', { stage: 'previous' }), 'SecretNotFoundError/StageNotFound');
  },

  'a stage that is not there is StageNotFound': async (bench) => {
    await bench.seed('app/db', ...three);
    await bench.fails(() => bench.get('app/db', { stage: 'no-such-stage' }), 'SecretNotFoundError/StageNotFound');
    await bench.fails(() => bench.get('app/db', { stage: 'pending' }), 'SecretNotFoundError/StageNotFound');
  },

  'a version that is not there is VersionNotFound': async (bench) => {
    await bench.seed('app/db', ...three);
    const version = bench.harness.versionIds.missing;
    await bench.fails(() => bench.get('app/db', { version }), 'SecretNotFoundError/VersionNotFound');
  },

  'a deleted version is VersionNotFound': async (bench) => {
    await bench.seed('app/db', ...three);
    const version = (await bench.versionIds('app/db'))[1] ?? '';
    await bench.deleteVersion('app/db', 2);
    await bench.fails(() => bench.get('app/db', { version }), 'SecretNotFoundError/VersionNotFound');
    bench.t.match(await bench.text('app/db'), '"n":3', 'the others stay');
  },

  'a destroyed version is VersionNotFound': async (bench) => {
    await bench.seed('app/db', ...three);
    const version = (await bench.versionIds('app/db'))[1] ?? '';
    await bench.destroyVersion('app/db', 2);
    await bench.fails(() => bench.get('app/db', { version }), 'SecretNotFoundError/VersionNotFound');
    bench.t.match(await bench.text('app/db'), '"n":3', 'the others stay');
  },

  'the history tells that a version is deleted': async (bench) => {
    await bench.seed('app/db', ...three);
    const version = (await bench.versionIds('app/db'))[1] ?? '';
    await bench.deleteVersion('app/db', 2);
    await hasState(bench, version, 'deleted');
  },

  'the history tells that a version is destroyed': async (bench) => {
    await bench.seed('app/db', ...three);
    const version = (await bench.versionIds('app/db'))[1] ?? '';
    await bench.destroyVersion('app/db', 2);
    await hasState(bench, version, 'destroyed');
  },
} as const satisfies Record<string, ContractCase>;

/** A store that forgets the version altogether answers with the error of reading it. */
async function hasState(bench: Bench, version: string, state: VersionState): Promise<void> {
  const { items } = await bench.provider.versions(bench.id('app/db'), { limit: 100 }, bench.call);
  const row: SecretVersion | undefined = items.find((item) => item.version === version);
  if (row === undefined) await bench.get('app/db', { version });
  bench.t.equal(row?.state, state);
  const error = await bench.failure(() => bench.get('app/db', { version }));
  bench.t.match(error?.message, state, 'the error names the state');
}
