import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'tap';
import { textSecret } from '../../fakes/secrets.ts';
import { createFileRig, type FileRig, newFile, reopened } from './file-rig.ts';

const WRITE_DELAY_MS = 5_000;

/** How often the file was written because of a change: waits for what is under way by a write of its own. */
function writeCounter({ cacheFile, accesses }: FileRig): () => Promise<number> {
  let own = 0;
  return async () => {
    await cacheFile.write();
    return accesses() - ++own;
  };
}

test('changes are written together, five seconds after the first', async (t) => {
  const file = await newFile(t);
  const rig = createFileRig({ file });
  const { store, clock, accesses } = rig;
  const writes = writeCounter(rig);
  for (let at = 0; at < 10; at++) {
    store(`s${at}`, textSecret('value'));
    await clock.advance(WRITE_DELAY_MS / 10 - 1);
  }
  t.equal(accesses(), 0);
  await clock.advance(WRITE_DELAY_MS);
  t.equal(await writes(), 1, 'once');
  await clock.advance(10 * WRITE_DELAY_MS);
  t.equal(await writes(), 1, 'and not again without a change');
  t.equal(clock.timers, 0);
  store('s0', textSecret('other'));
  await clock.advance(WRITE_DELAY_MS);
  t.equal(await writes(), 2);
  t.equal((await reopened({ file })).cache.size, 10);
});

test('a busy cache is written every five seconds, not more often and not less', async (t) => {
  const rig = createFileRig({ file: await newFile(t) });
  const writes = writeCounter(rig);
  for (let second = 0; second < 60; second++) {
    rig.store('a', textSecret(`value ${second}`, { version: String(second) }));
    await rig.clock.advance(1_000);
  }
  const count = await writes();
  t.ok(count >= 10 && count <= 12, `${count} times in a minute`);
  await rig.cacheFile.close();
});

test('an eviction is a change: what was refused is not on disk for longer than that', async (t) => {
  const file = await newFile(t);
  const rig = createFileRig({ file });
  const writes = writeCounter(rig);
  rig.store('a', textSecret('value'));
  await rig.clock.advance(WRITE_DELAY_MS);
  t.equal(await writes(), 1);
  rig.cache.invalidate(() => true);
  await rig.clock.advance(WRITE_DELAY_MS);
  t.equal(await writes(), 2);
  t.equal((await reopened({ file })).cache.size, 0);
});

test('the end writes what has not been written, and leaves no timer', async (t) => {
  const file = await newFile(t);
  const { store, clock, cacheFile } = createFileRig({ file });
  store('a', textSecret('value'));
  await cacheFile.close();
  t.equal(clock.timers, 0);
  t.equal((await reopened({ file })).kept('a'), 'value');
});

test('writes wait for each other', async (t) => {
  const file = await newFile(t);
  const { store, cacheFile } = createFileRig({ file });
  const writes = Array.from({ length: 20 }, (_, at) => {
    store('a', textSecret(`${'x'.repeat(100_000)}${at}`));
    return cacheFile.write();
  });
  await Promise.all(writes);
  t.match((await reopened({ file })).kept('a'), /x19$/);
  t.strictSame(await readdir(dirname(file)), ['cache.bin']);
});

test('what changes while it is written is in the next one', async (t) => {
  const file = await newFile(t);
  const { store, cache, cacheFile } = createFileRig({ file });
  for (let at = 0; at < 50; at++) store(`s${at}`, textSecret('x'.repeat(50_000)));
  const writing = cacheFile.write();
  await new Promise(setImmediate);
  cache.invalidate(({ path }) => path === 's49');
  store('s50', textSecret('late'));
  await writing;
  await cacheFile.close();
  const after = await reopened({ file });
  t.strictSame([after.cache.size, after.kept('s49'), after.kept('s50')], [50, undefined, 'late']);
});

test('the file is for its owner alone, whatever it was before', async (t) => {
  const file = await newFile(t);
  const before = process.umask(0);
  t.teardown(() => process.umask(before));
  const { store, cacheFile } = createFileRig({ file });
  store('a', textSecret('value'));
  await cacheFile.write();
  const mode = async (): Promise<number> => (await stat(file)).mode & 0o777;
  t.equal(await mode(), 0o600);
  await chmod(file, 0o666);
  await cacheFile.write();
  t.equal(await mode(), 0o600);
  await writeFile(`${file}.draft`, 'left there', { mode: 0o666 });
  await cacheFile.write();
  t.equal(await mode(), 0o600, 'a draft that others could read');
});

test('it is replaced, not written over: whoever has it open reads the old one to its end', async (t) => {
  const file = await newFile(t);
  const { store, cacheFile } = createFileRig({ file });
  store('a', textSecret('value'));
  await cacheFile.write();
  const [inode, bytes] = [(await stat(file)).ino, await readFile(file)];
  await cacheFile.write();
  t.not((await stat(file)).ino, inode);
  t.notSame(await readFile(file), bytes, 'sealed anew');
});

test('a folder that cannot be written to: said once, tried on, said when it is over', async (t) => {
  const file = await newFile(t);
  const { store, cacheFile, errors, log, kept } = createFileRig({ file });
  store('a', textSecret('canary'));
  await rm(dirname(file), { recursive: true });
  for (let write = 1; write <= 3; write++) {
    await cacheFile.write();
    t.equal(errors(), write, 'each failure counts');
  }
  t.strictSame(log.messages('error'), ['the cache file cannot be written']);
  t.equal(kept('a'), 'canary', 'the cache serves on');
  await mkdir(dirname(file));
  await cacheFile.write();
  t.strictSame(log.messages('info'), ['the cache file is written again']);
  t.equal((await reopened({ file })).kept('a'), 'canary');
  await rm(dirname(file), { recursive: true });
  await cacheFile.write();
  t.equal(log.messages('error').length, 2, 'the next trouble is told again');
  t.notMatch(log.text(), /canary/);
});

const isRoot = process.getuid?.() === 0;

test('a read-only folder', { skip: isRoot && 'root may write everywhere' }, async (t) => {
  const file = await newFile(t);
  const { store, cacheFile, errors } = createFileRig({ file });
  store('a', textSecret('value'));
  await cacheFile.write();
  const bytes = await readFile(file);
  await chmod(dirname(file), 0o500);
  t.teardown(() => chmod(dirname(file), 0o700));
  await cacheFile.write();
  t.equal(errors(), 1);
  t.same(await readFile(file), bytes, 'it stays as it was');
});

test('a full disk: the file stays as it was', { skip: !existsSync('/dev/full') && 'no /dev/full' }, async (t) => {
  const file = await newFile(t);
  const { store, cacheFile, errors, log } = createFileRig({ file });
  store('a', textSecret('value'));
  await cacheFile.write();
  const bytes = await readFile(file);
  await symlink('/dev/full', `${file}.draft`);
  await cacheFile.write();
  t.equal(errors(), 1);
  t.strictSame(log.messages('error'), ['the cache file cannot be written']);
  t.same(await readFile(file), bytes);
  t.strictSame(await readdir(dirname(file)), ['cache.bin'], 'what was written of the next one does not fill the disk');
  await cacheFile.write();
  t.strictSame(log.messages('info'), ['the cache file is written again']);
});

test('one that was stopped writes no more: another one has the file now', async (t) => {
  const file = await newFile(t);
  const [before, after] = [createFileRig({ file }), createFileRig({ file })];
  before.store('a', textSecret('old'));
  after.store('a', textSecret('new'));
  before.cacheFile.stop();
  t.equal(before.clock.timers, 0);
  await after.cacheFile.write();
  before.store('a', textSecret('older'));
  await before.clock.advance(WRITE_DELAY_MS);
  await before.cacheFile.close();
  t.equal((await reopened({ file })).kept('a'), 'new');
});

test('a key that cannot be read any more', async (t) => {
  const file = await newFile(t);
  const readKey = (): Promise<never> => Promise.reject(new Error('the key is gone'));
  const { cacheFile, errors, log } = createFileRig({ file, readKey });
  await cacheFile.write();
  t.equal(errors(), 1);
  t.strictSame(log.messages('error'), ['the cache file cannot be written']);
  await t.rejects(cacheFile.load(), { message: /the key is gone/ }, 'at the start that is for whoever starts it');
});
