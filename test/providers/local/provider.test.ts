import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import type { Call } from '../../../src/core/call.ts';
import type { SecretProvider } from '../../../src/core/provider.ts';
import { localProvider } from '../../../src/providers/local/provider.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { replaceFile } from './store-bench.ts';

const call: Call = { signal: new AbortController().signal };

async function start(t: Test, path: string): Promise<SecretProvider> {
  const tools = { clock: new FakeClock(), log: new RecordingLog(), recordIdentityCall: () => {} };
  const provider = localProvider.create('files', { path }, tools);
  await provider.start(() => {});
  t.teardown(() => provider.close());
  return provider;
}

async function startYaml(t: Test, yaml: string): Promise<SecretProvider> {
  const file = join(t.testdir({ 'a.yaml': yaml }), 'a.yaml');
  await chmod(file, 0o600);
  return start(t, file);
}

const VERSIONED = `
db:
  description: main database
  tags: { team: shop, tier: "1" }
  versions:
    - { id: "1", value: one, createdAt: 2026-01-01 }
    - { id: "2", value: two, stages: [current], createdAt: 2026-01-02 }
    - { id: "3", value: three, stages: [AWSPENDING] }
web: { versions: [{ id: a, value: x }], tags: { team: shop } }
plain: x
`;

test('what an instance is described by', async (t) => {
  t.equal(localProvider.type, 'local');
  t.same(localProvider.schema.required, ['path']);
});

test('a get tells what the file tells', async (t) => {
  const provider = await startYaml(t, VERSIONED);
  const metadata = {
    name: 'db',
    description: 'main database',
    tags: { team: 'shop', tier: '1' },
    currentVersion: '2',
    stages: ['current'],
  };
  const get = async (stage: string): Promise<object> => provider.get(provider.locate('db', { stage }), call);
  t.same(await get('AWSCURRENT'), {
    value: {},
    version: '2',
    stages: ['current'],
    createdAt: new Date('2026-01-02'),
    metadata,
  });
  t.match(await get('previous'), { version: '1', stages: ['previous'], metadata });
  t.match(await get('pending'), { version: '3', stages: ['AWSPENDING'] });
  t.same(await provider.describe('db', call), metadata);
  t.notOk('createdAt' in (await get('pending')), 'no date is made up');
});

test('the history tells stages and dates', async (t) => {
  const provider = await startYaml(t, VERSIONED);
  t.same(await provider.versions('db', { limit: 2 }, call), {
    items: [
      { version: '3', stages: ['AWSPENDING'], state: 'enabled' },
      { version: '2', stages: ['current'], createdAt: new Date('2026-01-02'), state: 'enabled' },
    ],
    nextCursor: '2',
  });
  const rest = await provider.versions('db', { limit: 2, cursor: '2' }, call);
  t.same([rest.items.map((row) => row.version), rest.nextCursor], [['1'], undefined]);
  t.same(await provider.versions('db', { limit: 2, cursor: 'gone' }, call), { items: [] });
});

test('a list takes tags, all of them', async (t) => {
  const provider = await startYaml(t, VERSIONED);
  const names = async (tags: Readonly<Record<string, string>>): Promise<readonly string[]> =>
    (await provider.list({ prefix: '', tags, limit: 10 }, call)).items.map((item) => item.name);
  t.same(await names({}), ['db', 'plain', 'web']);
  t.same(await names({ team: 'shop' }), ['db', 'web']);
  t.same(await names({ team: 'shop', tier: '1' }), ['db']);
  t.same(await names({ team: 'other' }), []);
  t.same(await names({ constructor: 'x' }), []);
});

test('only a file of its own tells when a secret was written', async (t) => {
  const root = t.testdir({ a: 'x' });
  const provider = await start(t, root);
  const secret = await provider.get(provider.locate('a', {}), call);
  t.type(secret.updatedAt, Date);
  t.same(secret.metadata.updatedAt, secret.updatedAt);
  await replaceFile(join(root, 'a'), 'y');
  const previous = await provider.get(provider.locate('a', { stage: 'previous' }), call);
  t.equal(previous.value.expose(), 'x');
  t.notOk('updatedAt' in previous, 'the date is of the value that is there now');
  const plain = await startYaml(t, 'a: x');
  t.notOk('updatedAt' in (await plain.describe('a', call)));
});

test('health is the health of the reads', async (t) => {
  const tools = { clock: new FakeClock(), log: new RecordingLog(), recordIdentityCall: () => {} };
  const provider = localProvider.create('files', { path: 'nowhere' }, tools);
  await t.rejects(provider.health(call), { code: 'ProviderUnavailable' });
  await (await startYaml(t, 'a: x')).health(call);
  t.same(provider.status(), {});
});
