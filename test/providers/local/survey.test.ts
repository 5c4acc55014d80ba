import { execFileSync } from 'node:child_process';
import { rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { surveyFiles } from '../../../src/providers/local/survey.ts';

const fingerprint = async (root: string): Promise<string> => (await surveyFiles(root)).fingerprint;
const paths = async (root: string): Promise<readonly string[]> =>
  (await surveyFiles(root)).files.map(({ path }) => path);

test('a file', async (t) => {
  const root = t.testdir({ 'a.yaml': 'a: 1' });
  t.match(await surveyFiles(join(root, 'a.yaml')), {
    kind: 'file',
    files: [{ file: join(root, 'a.yaml'), path: '', bytes: 4 }],
  });
});

test('a directory with folders, links and what is no secret', async (t) => {
  const root = t.testdir({
    '.hidden': '',
    a: { b: 'x', 'b c': 'y' },
    '..old': { z: 'z' },
    link: t.fixture('symlink', 'a'),
  });
  await symlink('nowhere', join(root, 'dangling'));
  await symlink('.', join(root, 'a', 'loop'));
  await symlink('..', join(root, 'a', 'up'));
  execFileSync('mkfifo', [join(root, 'pipe')]);
  t.same(await paths(root), ['.hidden', 'a/b', 'a/b c', 'link/b', 'link/b c']);
});

test('the fingerprint tells a write, a replacement, a name and a removal', async (t) => {
  const root = t.testdir({ a: 'x', b: 'y' });
  const seen = [await fingerprint(root)];
  const look = async (): Promise<void> => void seen.push(await fingerprint(root));
  t.equal(await fingerprint(root), seen[0], 'unchanged');
  await utimes(join(root, 'a'), 1, 1);
  await look();
  await writeFile(join(root, 'new'), 'z');
  await look();
  await rename(join(root, 'new'), join(root, 'a'));
  await look();
  await rename(join(root, 'a'), join(root, 'c'));
  await look();
  t.equal(new Set(seen).size, seen.length);
});

test('what cannot be looked at', async (t) => {
  const root = t.testdir({ file: '', self: t.fixture('symlink', 'self') });
  await t.rejects(surveyFiles(join(root, 'nothing')), { kind: 'missing', message: 'does not exist' });
  await t.rejects(surveyFiles(join(root, 'file', 'below')), { kind: 'missing', message: 'does not exist' });
  await t.rejects(surveyFiles(join(root, 'self')), { kind: 'unreadable', message: 'cannot be read (ELOOP)' });
  await t.rejects(surveyFiles(root), { kind: 'unreadable', message: 'cannot be read (ELOOP)' });
  execFileSync('mkfifo', [join(root, 'pipe')]);
  await t.rejects(surveyFiles(join(root, 'pipe')), { kind: 'broken', message: 'is neither a file nor a directory' });
});

test('a path that was set by mistake is not walked to its end', async (t) => {
  const root = t.testdir({ folder: { a: '', b: '', c: '' } });
  t.equal((await surveyFiles(root, 3)).files.length, 3);
  await t.rejects(surveyFiles(root, 2), { kind: 'broken', message: 'holds more than 2 files' });
});
