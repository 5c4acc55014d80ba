import { test } from 'tap';
import type { SecretVersion } from '../../../src/core/secret.ts';
import { rpcError } from '../../fakes/fake-gcp-errors.ts';
import { failureOf, GcpRig } from './gcp-rig.ts';

async function all(rig: GcpRig, limit: number): Promise<readonly SecretVersion[]> {
  const found: SecretVersion[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit, ...(cursor !== undefined && { cursor }) };
    const page = await rig.provider.versions('db', query, rig.call);
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}

async function five(rig: GcpRig): Promise<void> {
  rig.store.add('db', 'one', 'two', 'three', 'four', 'five');
  rig.store.setState('db', 5, 'DISABLED');
  rig.store.setState('db', 3, 'DESTROYED');
}

const summary = (rows: readonly SecretVersion[]) =>
  rows.map(({ version, stages, state }) => [version, ...stages, state]);

test('the newest enabled one is current', async (t) => {
  const rig = await GcpRig.create(t);
  await five(rig);
  const expected = [
    ['5', 'disabled'],
    ['4', 'current', 'enabled'],
    ['3', 'destroyed'],
    ['2', 'previous', 'enabled'],
    ['1', 'enabled'],
  ];
  for (const limit of [1, 2, 3, 100]) t.same(summary(await all(rig, limit)), expected, `pages of ${limit}`);
});

test('under strict the newest one is current', async (t) => {
  const rig = await GcpRig.create(t, { options: { latestPolicy: 'strict' } });
  await five(rig);
  const expected = [
    ['5', 'current', 'disabled'],
    ['4', 'previous', 'enabled'],
    ['3', 'destroyed'],
    ['2', 'enabled'],
    ['1', 'enabled'],
  ];
  for (const limit of [1, 2, 100]) t.same(summary(await all(rig, limit)), expected, `pages of ${limit}`);
});

test('the history and the reads agree', async (t) => {
  for (const latestPolicy of ['strict', 'enabled']) {
    const rig = await GcpRig.create(t, { options: { latestPolicy } });
    await five(rig);
    const previous = (await all(rig, 2)).find(({ stages }) => stages.includes('previous'));
    t.equal((await rig.get('db', { stage: 'previous' })).version, previous?.version);
  }
});

test('empty pages are followed', async (t) => {
  const rig = await GcpRig.create(t);
  rig.manager.conditions.emptyPages = true;
  await five(rig);
  t.equal((await all(rig, 2)).length, 5);
  t.equal(await rig.text('db'), 'four');
  t.equal(await rig.text('db', { stage: 'previous' }), 'two');
});

test('times have no nanoseconds', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one');
  t.equal((await all(rig, 1))[0]?.createdAt?.toISOString(), '2026-01-02T03:04:05.000Z');
});

test('a state that is not known cannot be read, and a row without a number is none', async (t) => {
  const rig = await GcpRig.create(t);
  const name = 'projects/1/secrets/db/versions';
  const versions = [{ name: `${name}/2`, state: 'FROZEN' }, { name: `${name}/latest`, state: 'ENABLED' }, 7, null];
  rig.manager.faults.push({ status: 200, body: { versions } });
  t.same(summary(await all(rig, 10)), [['2', 'disabled']]);
});

test('a secret without a version has no history, and a missing one is missing', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.create('db');
  t.same(await all(rig, 10), []);
  const work = () => rig.provider.versions('none', { limit: 1 }, rig.call);
  t.equal(await failureOf(work), 'SecretNotFoundError/SecretDoesNotExist');
});

test('the filter of the store is checked again', async (t) => {
  const rig = await GcpRig.create(t);
  rig.store.add('db', 'one', 'two', 'three', 'four');
  const row = (number: number, state: string) => ({ name: `projects/1/secrets/db/versions/${number}`, state });
  const versions = [row(4, 'DISABLED'), row(3, 'ENABLED'), row(2, 'DESTROYED'), row(1, 'ENABLED')];
  rig.manager.faults.push({ status: 200, body: { versions } });
  t.equal((await rig.get('db', { stage: 'previous' })).version, '1');
  rig.store.setState('db', 4, 'DISABLED');
  rig.manager.faults.push(rpcError('FAILED_PRECONDITION', 'Secret Version [x/versions/4] is in DISABLED state.'));
  rig.manager.faults.push({ status: 200, body: { versions } });
  t.equal((await rig.get('db')).version, '3');
});
