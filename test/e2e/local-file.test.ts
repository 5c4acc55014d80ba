import { chmod, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { runBundle } from './bundle.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { until } from './until.ts';

const VALUE = 'not-to-be-told';

async function serves(daemon: Daemon, path: string): Promise<string> {
  const { status, text } = await daemon.http().get(`/v1/secrets/${path}?format=raw`);
  return status === 200 ? text : String(status);
}

/** Replaced in one step, as an editor or a deployment does. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}~`, text, { mode: 0o600 });
  await rename(`${file}~`, file);
}

async function refusesToStart(t: Test, file: string, sentence: RegExp): Promise<void> {
  const { code, stderr } = await runBundle(['serve', '--local', file, '--listen', '127.0.0.1:0']);
  t.equal(code, 2, stderr);
  t.match(stderr, sentence);
  t.equal(stderr.trim().split('\n').length, 1, stderr);
  t.notMatch(stderr, VALUE);
}

test('a file that cannot be served at the start', async (t) => {
  const directory = await temporaryDirectory(t);
  await Promise.all([
    refusesToStart(t, join(directory, 'missing.yaml'), /'[^']+missing\.yaml' does not exist/),
    refusesToStart(t, await secretsFile(t, `db/creds: {password: "${VALUE}`), /is no valid YAML.*line 1/),
    refusesToStart(t, await secretsFile(t, `- ${VALUE}\n`), /holds no map of paths and values/),
    refusesToStart(t, await secretsFile(t, `a//b: ${VALUE}\n`), /has a key that is no path of a secret/),
  ]);
});

test('a file that may not be read', async (t) => {
  const file = await secretsFile(t, `a: ${VALUE}\n`);
  await chmod(file, 0);
  // Root may read everything; a loop of links stops root, too.
  if (process.getuid?.() !== 0) return refusesToStart(t, file, /cannot be read \(EACCES\)/);
  const loop = join(await temporaryDirectory(t), 'loop.yaml');
  await symlink(loop, loop);
  return refusesToStart(t, loop, /cannot be read \(ELOOP\)/);
});

test('an empty file is served and filled later', async (t) => {
  const file = await secretsFile(t, '');
  const daemon = await startDaemon(t, { config: localConfig(file) });
  t.match(await daemon.logged(`the local secrets file '${file}' holds no secrets`), { level: 'warn' });
  t.equal(await serves(daemon, 'a'), '404');
  await replace(file, 'a: first\n');
  await until('the secret is there', async () => (await serves(daemon, 'a')) === 'first' || undefined);
  t.pass('within the poll, though the absence was cached');
});

test('an edit is seen within the poll, though the ttl is long', async (t) => {
  const file = await secretsFile(t, 'a: first\nb: same\n');
  const daemon = await startDaemon(t, { config: localConfig(file, { cache: { ttl: '1h' } }) });
  t.equal(await serves(daemon, 'a'), 'first');
  await replace(file, 'a: second\nb: same\n');
  await until('the edit is seen', async () => (await serves(daemon, 'a')) === 'second' || undefined);
  const previous = await daemon.http().get('/v1/secrets/a?stage=previous&format=raw');
  t.equal(previous.text, 'first');
  t.equal(await serves(daemon, 'b'), 'same');
});

test('a half-written file, an emptied one and a missing one leave the last good state', async (t) => {
  const file = await secretsFile(t, `a: ${VALUE}\n`);
  const daemon = await startDaemon(t, { config: localConfig(file, { cache: { ttl: 0 } }) });
  const faults: readonly (readonly [() => Promise<void>, RegExp])[] = [
    [() => replace(file, `a: {"x": "${VALUE}`), /is no valid YAML/],
    [() => replace(file, ''), /is empty/],
    [() => rm(file), /does not exist/],
  ];
  for (const [damage, complaint] of faults) {
    await damage();
    const line = await until('it is noticed', async () => {
      t.equal(await serves(daemon, 'a'), VALUE);
      return daemon.log.find(({ msg }) => complaint.test(String(msg)));
    });
    t.match(line, { level: 'error', provider: 'files', msg: /its last good state is served$/ });
    const repeats = daemon.log.filter(({ msg }) => complaint.test(String(msg)));
    t.equal(repeats.length, 1, 'told once');
    await replace(file, `a: ${VALUE}\n`);
  }
  await daemon.logged('the local secrets are read again');
  t.notMatch(daemon.stderr, VALUE);
});

test('a file for every secret', async (t) => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'password'), 'with newline\n', { mode: 0o600 });
  await writeFile(join(directory, 'key.bin'), Buffer.from('ff00', 'hex'), { mode: 0o600 });
  const daemon = await startDaemon(t, { args: ['--local', directory, '--listen', '127.0.0.1:0'] });
  t.match(daemon.stderr, /^keyfob listening on 127\.0\.0\.1:\d+; try: curl localhost:\d+\/v1\/secrets\//m);
  t.equal(await serves(daemon, 'password'), 'with newline\n');
  t.match((await daemon.http().get('/v1/secrets/key.bin')).json, { encoding: 'base64', value: '/wA=' });
  await writeFile(join(directory, 'new'), 'there', { mode: 0o600 });
  await until('the new file is served', async () => (await serves(daemon, 'new')) === 'there' || undefined);
});
