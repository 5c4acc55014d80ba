import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'tap';
import type { SecretCacheOptions } from '../../../src/cache/secret-cache.ts';
import { seal } from '../../../src/cache/persistence/sealed-text.ts';
import { findLeaks } from '../../e2e/find-leaks.ts';
import { binarySecret, textSecret } from '../../fakes/secrets.ts';
import { identity } from '../cache-rig.ts';
import { bytesOf, createFileRig, KEY, newFile, reopened } from './file-rig.ts';

const sealed = async (text: string, key: Uint8Array): Promise<Buffer> => Buffer.concat(await seal([text], key));

test('what was kept is there after a restart, expired', async (t) => {
  const file = await newFile(t);
  const before = createFileRig({ file });
  before.store('a', textSecret('value of a'));
  before.store('b', binarySecret([0, 255]));
  await before.cacheFile.close();
  const after = await reopened({ file });
  t.equal(after.kept('a'), 'value of a');
  t.same(after.kept('b'), [0, 255]);
  const entry = after.cache.get(identity('a').key);
  const nowMs = after.clock.monotonicMs();
  t.strictSame([entry?.isFresh(nowMs), entry?.mayAnswerStale(nowMs)], [false, true]);
  t.match(after.log.lines, [
    { level: 'info', fields: { entries: 2, left_out: 0 }, message: 'the cache file was read' },
  ]);
  t.equal(after.errors(), 0);
});

test('no file is no error', async (t) => {
  const rig = await reopened({ file: await newFile(t) });
  t.strictSame([rig.cache.size, rig.errors(), rig.log.lines.length], [0, 0, 0]);
});

test('what is in the cache already is newer', async (t) => {
  const file = await newFile(t);
  const before = createFileRig({ file });
  before.store('a', textSecret('old'));
  await before.cacheFile.close();
  const after = createFileRig({ file });
  after.store('a', textSecret('new'));
  await after.cacheFile.load();
  t.equal(after.kept('a'), 'new');
});

test('what was evicted, refused or lent is not there', async (t) => {
  const file = await newFile(t);
  const { store, cache, cacheFile } = createFileRig({ file });
  const lease = { durationMs: 60_000, isRenewable: false, renew: async () => 0, giveBack: async () => undefined };
  store('stays', textSecret('value'));
  store('lent', textSecret('value', { lease }));
  store('forgotten', textSecret('value'));
  cache.invalidate(({ path }) => path === 'forgotten');
  await cacheFile.close();
  t.strictSame(
    Array.from((await reopened({ file })).cache.entries(), (entry) => entry.identity.path),
    ['stays'],
  );
});

test('entries are for the store that they came from', async (t) => {
  const file = await newFile(t);
  const before = createFileRig({ file, bindings: { files: 'a', other: 'b', gone: 'c' } });
  for (const provider of ['files', 'other', 'gone']) before.store('path', textSecret(`of ${provider}`), provider);
  await before.cacheFile.close();
  const after = await reopened({ file, bindings: { files: 'a', other: 'configured otherwise', added: 'd' } });
  t.equal(after.kept('path', 'files'), 'of files');
  t.equal(after.cache.size, 1);
  t.match(after.log.lines, [{ fields: { entries: 1, left_out: 2 } }]);
  await after.cacheFile.close();
  t.equal((await reopened({ file, bindings: { files: 'a', other: 'b', gone: 'c' } })).cache.size, 1, 'and are dropped');
});

test('what is too old is left out', async (t) => {
  const file = await newFile(t);
  const before = createFileRig({ file, cache: { maxStaleMs: 60_000 } });
  before.store('a', textSecret('value'));
  await before.cacheFile.close();
  const after = createFileRig({ file });
  await after.clock.advance(60_000);
  await after.cacheFile.load();
  t.equal(after.cache.size, 0);
});

test('what may answer is for the present configuration to say', async (t) => {
  const file = await newFile(t);
  const before = createFileRig({ file });
  before.store('a', textSecret('value'));
  await before.cacheFile.close();
  const mayAnswer = async (cache: Partial<SecretCacheOptions>, inMs: number): Promise<boolean> => {
    const after = await reopened({ file, cache });
    return after.cache.get(identity('a').key)?.mayAnswerStale(after.clock.monotonicMs() + inMs) === true;
  };
  t.notOk(await mayAnswer({ staleFallback: false }, 0), 'nothing stale');
  t.ok(await mayAnswer({ maxStaleMs: 60_000 }, 59_999));
  t.notOk(await mayAnswer({ maxStaleMs: 60_000 }, 60_000), 'not for as long as before');
});

test('the most recently read are the last to go, after a restart too', async (t) => {
  const file = await newFile(t);
  const before = createFileRig({ file });
  for (const path of ['a', 'b', 'c', 'd']) before.store(path, textSecret('value'));
  before.cache.get(identity('a').key);
  await before.cacheFile.close();
  const after = await reopened({ file, cache: { maxEntries: 2 } });
  t.strictSame(
    [after.kept('a'), after.kept('b'), after.kept('c'), after.kept('d')],
    ['value', undefined, undefined, 'value'],
  );
});

test('a file that cannot be used is set aside, and the cache starts empty', async (t) => {
  const whole = await sealed('{"bindings":{"files":"a"},"entries":[]}', KEY);
  const cases: Readonly<Record<string, readonly [Buffer, RegExp]>> = {
    foreign: [Buffer.from('canary of somebody else'), /no cache file of this version/],
    empty: [Buffer.alloc(0), /no cache file of this version/],
    'of an older format': [Buffer.concat([Buffer.from('keyfob cache 0\n'), whole.subarray(15)]), /of this version/],
    'cut off': [whole.subarray(0, -1), /damaged or cut off/],
    damaged: [Buffer.concat([whole.subarray(0, -1), Buffer.from([1 ^ (whole.at(-1) ?? 0)])]), /damaged or cut off/],
    'of another key': [await sealed('{}', randomBytes(32)), /its key is none of those/],
  };
  for (const [what, [bytes, reason]] of Object.entries(cases)) {
    const file = await newFile(t);
    await writeFile(file, bytes);
    const rig = await reopened({ file });
    t.strictSame([rig.cache.size, rig.errors()], [0, 1], what);
    t.match(rig.log.lines, [{ level: 'error', fields: { file, aside: `${file}.damaged` }, message: reason }], what);
    t.match(rig.log.lines[0]?.message, /set aside and the cache starts empty/);
    t.notMatch(rig.log.text(), /canary/);
    t.strictSame(await readdir(dirname(file)), ['cache.bin.damaged'], what);
    t.same(await readFile(`${file}.damaged`), bytes, 'as it was');
    rig.store('a', textSecret('value'));
    await rig.cacheFile.close();
    t.equal((await reopened({ file })).kept('a'), 'value', 'and the next one is good');
  }
});

test('a file that cannot be read is set aside, too', async (t) => {
  const folder = await newFile(t);
  await mkdir(folder);
  const rig = await reopened({ file: folder });
  t.match(rig.log.lines, [{ level: 'error', message: /it cannot be read/ }]);
  t.equal(await bytesOf(folder), undefined);
});

test('what a killed daemon left half-written does no harm', async (t) => {
  const file = await newFile(t);
  const before = createFileRig({ file });
  before.store('a', textSecret('value'));
  await before.cacheFile.close();
  const whole = await readFile(file);
  await writeFile(`${file}.draft`, whole.subarray(0, 50));
  const after = await reopened({ file });
  t.equal(after.kept('a'), 'value');
  t.strictSame(await readdir(dirname(file)), ['cache.bin']);
});

test('a key is replaced by sealing anew at the next write', async (t) => {
  const file = await newFile(t);
  const next = randomBytes(32);
  const before = createFileRig({ file });
  before.store('a', textSecret('value'));
  await before.cacheFile.close();
  const both = await reopened({ file, keys: [next, KEY] });
  t.equal(both.kept('a'), 'value');
  await both.cacheFile.close();
  t.equal((await reopened({ file, keys: [next] })).kept('a'), 'value', 'the old key is not needed any more');
  t.equal((await reopened({ file })).errors(), 1, 'and is of no use');
});

test('neither the file nor the log holds a value, a path or a name', async (t) => {
  const file = await newFile(t);
  const metadata = { name: 'canary-name-3', tags: { team: 'canary-tag-4' }, description: 'canary-description-5' };
  const rig = createFileRig({ file, bindings: { 'canary-provider': 'canary-binding-6' } });
  for (let copy = 0; copy < 20; copy++)
    rig.store(`canary/path/2/${copy}`, textSecret('canary-value-1', { metadata }), 'canary-provider');
  await rig.cacheFile.close();
  const needles = ['canary-value-1', 'canary/path/2', 'canary-name-3', 'canary-tag-4', 'canary-description-5']
    .concat('canary-provider', 'canary-binding-6', 'entries', 'canary')
    .map((value) => ({ name: value, value }));
  const bytes = await readFile(file);
  t.ok(bytes.length > 20 * 100, 'there is something to search');
  t.strictSame(findLeaks(bytes.toString('latin1'), needles), []);
  const after = await reopened({ file, bindings: {} });
  t.strictSame(findLeaks(rig.log.text() + after.log.text(), needles.slice(0, 5)), []);
});
