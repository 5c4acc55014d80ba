import { chmod, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { replaceFile, StoreBench } from './store-bench.ts';

const SUFFIX = '; its last good state is served';

test('a change is noticed by the watch, and told once', async (t) => {
  const file = join(t.testdir({ 'a.yaml': 'a: one' }), 'a.yaml');
  const bench = await new StoreBench(file).open();
  t.same(await bench.values(), { a: 'one' });
  t.equal(bench.changes, 0, 'the start is no change');
  await replaceFile(file, 'a: two');
  await bench.nextChange();
  t.same(await bench.values(), { a: 'two' });
  await replaceFile(file, 'a: three');
  await bench.nextChange();
  await bench.values();
  t.equal(bench.changes, 2);
  t.same(bench.log.messages('error'), []);
  bench.store.close();
});

test('a change is noticed by a read', async (t) => {
  const file = join(t.testdir({ 'a.json': '{"a": "one"}' }), 'a.json');
  const bench = await new StoreBench(file).open();
  await replaceFile(file, '{"a": "two", "b": "new"}');
  t.same(await bench.values(), { a: 'two', b: 'new' });
  t.equal(bench.changes, 1);
  await replaceFile(file, '{"b": "new"}');
  t.same(await bench.values(), { b: 'new' });
  t.equal(bench.changes, 2, 'a secret that is taken out is a change');
});

test('a file that is written again with the same content is no change', async (t) => {
  const file = join(t.testdir({ 'a.yaml': 'a: one' }), 'a.yaml');
  const bench = await new StoreBench(file).open();
  await replaceFile(file, 'a: "one" # the same');
  await bench.values();
  await utimes(file, 1, 1);
  await bench.values();
  t.equal(bench.changes, 0);
});

test('the previous values stay readable', async (t) => {
  const file = join(t.testdir({ '.env': 'A=one' }), '.env');
  const bench = await new StoreBench(file).open();
  await replaceFile(file, 'A=two');
  const secret = (await bench.store.secrets()).get('A');
  t.same(
    secret?.versions.map((version) => [version.value.expose(), version.stages]),
    [
      ['two', ['current']],
      ['one', ['previous']],
    ],
  );
});

for (const [what, damage, message] of [
  ['half-written', (file: string) => writeFile(file, 'a: "hunt'), ' is no valid YAML: missing char (line 1, column 9)'],
  ['emptied', (file: string) => writeFile(file, ''), ' is empty'],
  ['not UTF-8', (file: string) => writeFile(file, Buffer.from([0xff])), ' is not UTF-8 text'],
  ['missing', (file: string) => rm(file), ' does not exist'],
  [
    'unreadable',
    async (file: string) => {
      await rm(file);
      // A link to itself is refused to root too, as no permission would be.
      await symlink('a.yaml', file);
    },
    ' cannot be read (ELOOP)',
  ],
] as const)
  test(`a file that is ${what} keeps its last good state`, async (t) => {
    const file = join(t.testdir({ 'a.yaml': 'a: one' }), 'a.yaml');
    await chmod(file, 0o600);
    const bench = await new StoreBench(file).open();
    await damage(file);
    for (let n = 0; n < 3; n++) {
      await bench.clock.advance(1000);
      t.same(await bench.values(), { a: 'one' });
    }
    t.same(bench.log.lines, [
      { level: 'error', fields: { provider: 'files' }, message: `the local secrets file '${file}'${message}${SUFFIX}` },
    ]);
    t.equal(bench.changes, 0);
    await rm(file, { force: true });
    await replaceFile(file, 'a: two');
    t.same(await bench.values(), { a: 'two' });
    t.same(bench.log.messages('info'), ['the local secrets are read again']);
    t.equal(bench.changes, 1);
  });

for (const [what, name, content, error] of [
  ['missing', 'b.yaml', '', { code: 'MissingEndpoint', message: /b\.yaml' does not exist$/ }],
  ['below a file', 'a.yaml/b.yaml', 'a: 1', { code: 'MissingEndpoint', message: /b\.yaml' does not exist$/ }],
  ['a link to itself', 'self.yaml', '', { code: 'MissingEndpoint', message: /self\.yaml' cannot be read \(ELOOP\)$/ }],
  ['broken', 'a.yaml', 'a: 1\na: hunter2', { code: 'InvalidProvider', message: /duplicate key \(line 2, column 1\)$/ }],
  [
    'of no known format',
    'a.toml',
    'a = 1',
    { code: 'InvalidProvider', message: /a\.toml' is neither a directory nor/ },
  ],
] as const)
  test(`the start is refused when the file is ${what}`, async (t) => {
    const root = t.testdir({ [name.split('/')[0] ?? '']: content });
    if (what === 'missing') await rm(join(root, name));
    if (what === 'a link to itself') {
      await rm(join(root, name));
      await symlink(name, join(root, name));
    }
    const bench = new StoreBench(join(root, name));
    await t.rejects(bench.open(), { category: 'ConfigurationError', ...error });
    await t.rejects(bench.store.secrets(), { code: 'ProviderUnavailable' });
    t.equal(bench.clock.timers, 0, 'no timer is left');
  });

test('the start is refused when a file of a directory is bad', async (t) => {
  const root = t.testdir({ good: 'x', 'bad\u0001': 'y' });
  await t.rejects(new StoreBench(root).open(), { code: 'InvalidProvider', message: /has a name that is no path/ });
});

for (const content of ['', '# nothing yet\n', '{}'])
  test(`a file with ${JSON.stringify(content)} is served as no secrets`, async (t) => {
    const file = join(t.testdir({ 'a.yaml': content }), 'a.yaml');
    await chmod(file, 0o600);
    const bench = await new StoreBench(file).open();
    t.same(await bench.values(), {});
    await replaceFile(file, '');
    t.same(await bench.values(), {});
    t.same(
      bench.log.lines.map(({ level, message }) => [level, message]),
      [['warn', `the local secrets file '${file}' holds no secrets`]],
    );
    await replaceFile(file, 'a: one');
    t.same(await bench.values(), { a: 'one' });
    t.equal(bench.changes, 1);
    await replaceFile(file, '{}');
    t.same(await bench.values(), {}, 'no secrets, said in so many words, are no damage');
  });

test('a world-readable file is warned about once', { skip: process.platform === 'win32' }, async (t) => {
  const file = join(t.testdir({ 'a.yaml': 'a: one' }), 'a.yaml');
  await chmod(file, 0o644);
  const bench = await new StoreBench(file).open();
  await replaceFile(file, 'a: two');
  await bench.values();
  t.same(bench.log.messages('warn'), [`the local secrets file '${file}' can be read by everyone`]);
});

test('a mounted Kubernetes Secret is swapped as a whole', async (t) => {
  const root = t.testdir({ '..1': { user: 'one', password: 'one', tls: { key: 'one' } } });
  await symlink('..1', join(root, '..data'));
  for (const name of ['user', 'password', 'tls']) await symlink(`..data/${name}`, join(root, name));
  const bench = await new StoreBench(root).open();
  t.same(await bench.values(), { password: 'one', 'tls/key': 'one', user: 'one' });
  await mkdir(join(root, '..2', 'tls'), { recursive: true });
  for (const name of ['user', 'password', 'tls/key']) await writeFile(join(root, '..2', name), 'two');
  await symlink('..2', join(root, '..data_tmp'));
  await rename(join(root, '..data_tmp'), join(root, '..data'));
  await bench.nextChange();
  t.same(await bench.values(), { password: 'two', 'tls/key': 'two', user: 'two' });
  await rm(join(root, '..1'), { recursive: true });
  await rm(join(root, '..2', 'user'));
  t.same(await bench.values(), { password: 'two', 'tls/key': 'two' }, 'a link that leads nowhere is a removed key');
  t.equal(bench.changes, 2);
  t.same(bench.log.messages('error'), []);
});

test('one bad file of a directory keeps its last value, the others go on', async (t) => {
  const root = t.testdir({ a: 'one', b: 'one', c: 'one' });
  const bench = await new StoreBench(root).open();
  await writeFile(join(root, 'a'), '');
  await replaceFile(join(root, 'b'), 'two');
  await rm(join(root, 'c'));
  t.same(await bench.values(), { a: 'one', b: 'two' });
  t.same(await bench.values(), { a: 'one', b: 'two' });
  t.same(bench.log.messages('error'), [`the local secrets file '${join(root, 'a')}' is empty${SUFFIX}`]);
  await replaceFile(join(root, 'a'), 'two');
  t.same(await bench.values(), { a: 'two', b: 'two' });
  await replaceFile(join(root, 'd\u0001'), 'no path');
  t.same(await bench.values(), { a: 'two', b: 'two' });
  t.equal(bench.log.messages('error').length, 2);
});

test('a directory that is gone or emptied keeps its last good state', async (t) => {
  const root = join(t.testdir({ secrets: { a: 'one' } }), 'secrets');
  const bench = await new StoreBench(root).open();
  await rm(join(root, 'a'));
  t.same(await bench.values(), { a: 'one' });
  await rm(root, { recursive: true });
  t.same(await bench.values(), { a: 'one' });
  t.same(bench.log.messages('error'), [
    `the local secrets file '${root}' is empty${SUFFIX}`,
    `the local secrets file '${root}' does not exist${SUFFIX}`,
  ]);
});

test('the watch ends with the store', async (t) => {
  const file = join(t.testdir({ 'a.yaml': 'a: one' }), 'a.yaml');
  const bench = await new StoreBench(file).open();
  t.equal(bench.clock.timers, 1);
  bench.store.close();
  bench.store.close();
  t.equal(bench.clock.timers, 0);
  await replaceFile(file, 'a: two');
  await bench.values();
  t.equal(bench.changes, 0, 'nobody is told any more');
});

test('readers that come at once share one look', async (t) => {
  const file = join(t.testdir({ 'a.yaml': 'a: one' }), 'a.yaml');
  const bench = await new StoreBench(file).open();
  await replaceFile(file, 'a: two');
  const [first, second] = await Promise.all([bench.values(), bench.values()]);
  t.same([first, second], [{ a: 'two' }, { a: 'two' }]);
  t.equal(bench.changes, 1);
});
