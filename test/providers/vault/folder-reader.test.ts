import { test } from 'tap';
import { FolderReader } from '../../../src/providers/vault/folder-reader.ts';

test('what is read ahead is read once, and can be looked into when it has come in', async (t) => {
  const asked: string[] = [];
  const reader = new FolderReader(async (folder) => {
    asked.push(folder);
    return [`in ${folder}`];
  });
  reader.readAhead(['a/', 'b/', 'a/'], 10);
  t.same(asked, ['a/', 'b/']);
  t.same(reader.peek('a/'), []);
  await reader.settle();
  t.same(reader.peek('a/'), ['in a/']);
  t.same(await reader.take('a/'), ['in a/']);
  t.same(await reader.take('c/'), ['in c/']);
  t.same(asked, ['a/', 'b/', 'c/']);
});

test('no more is begun than can be needed, or than may wait', async (t) => {
  let begun = 0;
  const reader = new FolderReader(() => {
    begun++;
    return new Promise(() => undefined);
  });
  const folders = Array.from({ length: 100 }, (_, n) => `${n}/`);
  reader.readAhead(folders, 3);
  t.equal(begun, 3);
  reader.readAhead(folders, 100);
  t.equal(begun, 7, 'and one that is taken');
  t.end();
});

test('a page may take 50 folders one after the other, or 400 side by side', async (t) => {
  const alone = new FolderReader(async () => []);
  let taken = 0;
  for (; alone.mayTake('x/'); taken++) await alone.take('x/');
  t.equal(taken, 50);
  const together = new FolderReader(async () => []);
  for (taken = 0; ; taken++) {
    together.readAhead([`${taken}/`], 1);
    if (!together.mayTake(`${taken}/`)) break;
    await together.take(`${taken}/`);
  }
  t.equal(taken, 400);
});
