import { join } from 'node:path';
import { test } from 'tap';
import { FileProblem } from '../../../src/providers/local/file-problem.ts';
import { loadSecrets } from '../../../src/providers/local/load-secrets.ts';
import { readSecrets } from '../../../src/providers/local/read-secrets.ts';
import type { Survey } from '../../../src/providers/local/survey.ts';
import { replaceFile } from './store-bench.ts';

const names = (loaded: Awaited<ReturnType<typeof loadSecrets>>): readonly string[] =>
  loaded === undefined || loaded.outcome instanceof FileProblem ? [] : [...loaded.outcome.secrets.keys()];

test('what did not change is not read', async (t) => {
  const file = join(t.testdir({ 'a.yaml': 'a: 1' }), 'a.yaml');
  const first = await loadSecrets(file, undefined);
  t.same(names(first), ['a']);
  t.equal(await loadSecrets(file, first?.survey.fingerprint), undefined);
  await replaceFile(file, 'b: 1');
  t.same(names(await loadSecrets(file, first?.survey.fingerprint)), ['b']);
});

test('what changes while it is read is read again', async (t) => {
  const file = join(t.testdir({ 'a.yaml': 'a: "' }), 'a.yaml');
  let reads = 0;
  const loaded = await loadSecrets(file, undefined, async (survey: Survey) => {
    if (++reads === 1) await replaceFile(file, 'b: 1');
    return readSecrets(survey);
  });
  t.equal(reads, 2);
  t.same(names(loaded), ['b']);
  t.equal(await loadSecrets(file, loaded?.survey.fingerprint), undefined, 'the last survey counts');
});

test('a file that is written all the time is served as it is', async (t) => {
  const file = join(t.testdir({ 'a.yaml': 'a: 1' }), 'a.yaml');
  let reads = 0;
  const loaded = await loadSecrets(file, undefined, async (survey: Survey) => {
    await replaceFile(file, `n${++reads}: 1`);
    return readSecrets(survey);
  });
  t.same(names(loaded), ['n3']);
});

test('a file that cannot be served is an outcome, a mistake of ours is not', async (t) => {
  const file = join(t.testdir({ 'a.yaml': 'a: "' }), 'a.yaml');
  t.match(await loadSecrets(file, undefined), { outcome: { kind: 'broken' } });
  await t.rejects(
    loadSecrets(file, undefined, async () => Promise.reject(new TypeError('ours'))),
    { message: 'ours' },
  );
});
