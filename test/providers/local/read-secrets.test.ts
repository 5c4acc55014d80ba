import { existsSync } from 'node:fs';
import { chmod, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { readSecrets, type ReadSecrets } from '../../../src/providers/local/read-secrets.ts';
import { surveyFiles } from '../../../src/providers/local/survey.ts';

const read = async (root: string): Promise<ReadSecrets> => readSecrets(await surveyFiles(root));

const values = ({ secrets }: ReadSecrets): readonly unknown[] =>
  Array.from(secrets, ([path, { content }]) => [path, 'value' in content ? content.value.expose() : 'versions']);

test('bytes of a directory are kept exactly', async (t) => {
  const root = t.testdir({ a: { newline: 'x\n' }, empty: '', bom: '\ufeffx', json: '{"n": 1.0}\r\n' });
  await writeFile(join(root, 'bytes'), Buffer.from([0xff, 0, 0x0a]));
  t.same(values(await read(root)), [
    ['a/newline', 'x\n'],
    ['bom', '\ufeffx'],
    ['bytes', Buffer.from([0xff, 0, 0x0a])],
    ['empty', ''],
    ['json', '{"n": 1.0}\r\n'],
  ]);
});

test('one bad file of a directory does not touch the others', async (t) => {
  const root = t.testdir({ good: 'x', 'bad\nname': 'y', large: '' });
  await truncate(join(root, 'large'), 17 * 1024 * 1024);
  const { secrets, unserved } = await read(root);
  t.same([...secrets.keys()], ['good']);
  t.match(unserved, [
    { path: 'bad\nname', problem: { kind: 'broken', message: /control character/ } },
    { path: 'large', file: join(root, 'large'), problem: { kind: 'broken', message: 'is larger than 16777216 bytes' } },
  ]);
});

// Nothing is unreadable for root but what the kernel refuses.
test('a file that the system refuses to read', { skip: !existsSync('/proc/self/mem') }, async (t) => {
  const root = t.testdir({ good: 'x' });
  await symlink('/proc/self/mem', join(root, 'bad'));
  t.match(await read(root), { unserved: [{ path: 'bad', problem: { kind: 'unreadable', message: /\(EIO\)/ } }] });
});

test('a file without permission', { skip: process.getuid?.() === 0 && 'root may read everything' }, async (t) => {
  const root = t.testdir({ bad: 'x' });
  await chmod(join(root, 'bad'), 0);
  t.match(await read(root), { unserved: [{ path: 'bad', problem: { kind: 'unreadable', message: /\(EACCES\)/ } }] });
});

test('a single file is served as a whole or not at all', async (t) => {
  const root = t.testdir({ 'a.yaml': 'a: 1\nb: {base64: aGk=}', 'bad.yaml': 'a: 1\n/: 2', 'large.yaml': '' });
  t.same(values(await read(join(root, 'a.yaml'))), [
    ['a', '1'],
    ['b', Buffer.from('hi')],
  ]);
  await t.rejects(read(join(root, 'bad.yaml')), { kind: 'broken', message: /has a key that is no path/ });
  await truncate(join(root, 'large.yaml'), 17 * 1024 * 1024);
  await t.rejects(read(join(root, 'large.yaml')), { kind: 'broken', message: /is larger than/ });
});

test('an empty directory may be a volume that is not mounted', async (t) => {
  await t.rejects(read(t.testdir({})), { kind: 'empty', message: 'is empty' });
});

test('a file that goes between the look and the reading', async (t) => {
  const root = t.testdir({ 'a.yaml': 'a: 1' });
  const survey = await surveyFiles(join(root, 'a.yaml'));
  const gone = survey.files.map((entry) => ({ ...entry, file: join(root, 'gone.yaml') }));
  await t.rejects(readSecrets({ ...survey, files: gone }), { kind: 'missing', message: 'does not exist' });
});
