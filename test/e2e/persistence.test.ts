import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Test, test } from 'tap';
import { unseal } from '../../src/cache/persistence/sealed-text.ts';
import type { FakeVault } from '../fakes/fake-vault.ts';
import { runBundle } from './bundle.ts';
import { type Daemon, type Json, startDaemon, writeConfig } from './daemon.ts';
import { findLeaks } from './find-leaks.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { until } from './until.ts';
import { vaultConfig, vaultEnv, vaultStore } from './vault-store.ts';

const KEY = randomBytes(32);
const VALUE = '{"password":"persisted-canary"}';
const PATH = '/v1/secrets/canary/path';

interface Persisted {
  readonly vault: FakeVault;
  readonly file: string;
  readonly config: Json;
  readonly start: (config?: Json) => Promise<Daemon>;
}

async function setUp(t: Test, more: Json = {}): Promise<Persisted> {
  const vault = await vaultStore(t, { 'canary/path': VALUE });
  const folder = await temporaryDirectory(t);
  const [file, key] = [join(folder, 'state', 'cache.bin'), join(folder, 'key')];
  await mkdir(dirname(file));
  await writeFile(key, KEY.toString('hex'));
  const { providers: [provider] = [] } = Object(vaultConfig(vault.address));
  const config = {
    providers: [{ ...provider, attemptTimeout: '5s' }],
    retry: { maxAttempts: 1 },
    cache: { persistence: { file, key: { file: key } } },
    circuitBreaker: { failureThreshold: 1_000 },
    ...more,
  };
  return { vault, file, config, start: (other = config) => startDaemon(t, { config: other, env: vaultEnv }) };
}

const contentOf = async (file: string): Promise<string> => unseal(await readFile(file), [KEY]);

test('a daemon that starts while its store is down serves what the one before had', async (t) => {
  const { vault, file, start } = await setUp(t);
  const before = await start();
  t.equal((await before.http().get(PATH)).status, 200);
  t.strictSame(await before.stop(), { code: 0, signal: null });
  t.equal((await stat(file)).mode & 0o777, 0o600);

  vault.fault = () => 'reset';
  const after = await start();
  const answer = await after.http().get(PATH);
  t.match([answer.status, answer.json], [200, { value: VALUE, version: '1', path: 'canary/path' }]);
  t.match(answer.headers['cache-status'], /^keyfob; fwd=stale; ttl=-?\d+; detail=stale-if-error$/);
  for (const probe of ['startupz', 'readyz', 'livez'])
    t.equal((await after.http().get(`/${probe}`)).status, 200, probe);
  t.match((await after.http().get('/metrics')).text, /^secrets_stale_served_total\{provider="vault"\} 1$/m);
  t.match(await after.logged('the cache file was read'), { entries: 1, left_out: 0 });
  await until('it ages', async () => Number((await after.http().get(PATH)).headers.age) >= 1 || undefined);
  t.match((await after.http().get(`${PATH}?fresh=true`)).json, { status: 502, code: 'ConnectionFailed' });

  vault.fault = () => undefined;
  vault.setSecret('canary/path', '{"password":"new"}');
  // The login is not tried again at once.
  await until('the store is asked again', async () => {
    const { json } = await after.http().get(`${PATH}?fresh=true`);
    return Object(json).version === '2' || undefined;
  });
  await after.stop();
  t.match(await contentOf(file), /"version":"2"/);
});

test('it is written while the daemon runs, so that one that is killed leaves it', async (t) => {
  const { vault, file, start } = await setUp(t);
  const before = await start();
  await before.http().get(PATH);
  await until('the file is there', () => contentOf(file).catch(() => undefined));
  await before.kill();
  vault.fault = () => 'reset';
  t.equal((await (await start()).http().get(`${PATH}?key=password&format=raw`)).text, 'persisted-canary');
});

test('neither the file nor anything that is written holds what is secret', async (t) => {
  const { file, start } = await setUp(t, { log: { level: 'trace' } });
  const daemons = [await start()];
  for (const daemon of daemons) await daemon.http().get(PATH);
  await daemons[0]?.stop();
  await writeFile(file, (await readFile(file)).subarray(0, -1));
  daemons.push(await start());
  await daemons[1]?.logged('the cache file is set aside');
  const values = ['persisted-canary', KEY.toString('hex'), KEY.toString('base64'), KEY.toString('latin1')];
  const needles = values.map((value, at) => ({ name: at === 0 ? 'value' : 'key', value }));
  for (const { stdout, stderr } of daemons) t.strictSame(findLeaks(stdout + stderr, needles), []);
  const bytes = (await readFile(`${file}.damaged`)).toString('latin1');
  const inFile = [...needles, ...['canary/path', 'canary', 'vault'].map((value) => ({ name: value, value }))];
  t.strictSame(findLeaks(bytes, inFile), []);
});

test('a damaged file is set aside, and the daemon begins anew', async (t) => {
  const { file, start } = await setUp(t);
  await writeFile(file, 'not a cache file');
  const daemon = await start();
  const line = await daemon.logged('the cache file is set aside and the cache starts empty');
  t.match(line, { level: 'error', file, aside: `${file}.damaged`, msg: /no cache file of this version/ });
  t.equal((await readFile(`${file}.damaged`)).toString(), 'not a cache file');
  t.equal((await daemon.http().get(PATH)).status, 200);
  t.match((await daemon.http().get('/metrics')).text, /^secrets_persistence_errors_total 1$/m);
});

test('a file of another configuration is of no use', async (t) => {
  const { file, config, start } = await setUp(t);
  const before = await start();
  await before.http().get(PATH);
  await before.stop();
  const { providers: [provider] = [] } = Object(config);
  const after = await start({ ...config, providers: [{ ...provider, address: 'http://127.0.0.1:1' }] });
  t.match(await after.logged('the cache file was read'), { entries: 0, left_out: 1 });
  t.match((await after.http().get(PATH)).json, { status: 502, code: 'ConnectionFailed' });
  await after.stop();
  t.notMatch(await contentOf(file), /canary/, 'and not kept');
});

test('a key is replaced with the one before it at hand, and that one is not needed again', async (t) => {
  const { vault, file, config, start } = await setUp(t);
  const before = await start();
  await before.http().get(PATH);
  await before.stop();
  vault.fault = () => 'reset';
  const { key } = Object(config).cache.persistence;
  const next = { file: join(await temporaryDirectory(t), 'key') };
  await writeFile(next.file, randomBytes(32));
  const withKeys = (keys: Json): Json => ({ ...config, cache: { persistence: { file, ...keys } } });
  for (const keys of [{ key: next, previousKeys: [key] }, { key: next }]) {
    const daemon = await start(withKeys(keys));
    t.equal((await daemon.http().get(PATH)).status, 200, Object.keys(keys).join());
    await daemon.stop();
  }
  const daemon = await start(config);
  t.match(await daemon.logged('the cache file is set aside'), { msg: /its key is none of those/ });
});

test('a key that is missing or no key is a wrong configuration', async (t) => {
  const { config } = await setUp(t);
  const configFile = join(await temporaryDirectory(t), 'keyfob.yaml');
  const file = join(await temporaryDirectory(t), 'cache.bin');
  for (const [key, reason] of [
    [{ file: '/nowhere/key' }, /key of 'cache\.persistence' in file '\/nowhere\/key' cannot be read/],
    [{ env: 'CACHE_KEY' }, /in environment variable 'CACHE_KEY' is not 32 bytes, raw, hex or base64/],
  ] as const) {
    await writeConfig(configFile, { ...config, cache: { persistence: { file, key } } });
    const { code, stderr } = await runBundle(['serve', '--config', configFile], { ...vaultEnv, CACHE_KEY: 'canary' });
    t.equal(code, 2, stderr);
    t.match(stderr, reason);
    t.notMatch(stderr, /canary/);
  }
});

test('where it cannot be written the daemon serves on, says so once and says when it is over', async (t) => {
  const { vault, file, start } = await setUp(t, { budget: { perSecond: 1_000 } });
  const daemon = await start();
  const change = async (version: number): Promise<void> => {
    vault.setSecret('canary/path', `{"password":"${version}"}`);
    const isNew = async (): Promise<boolean> =>
      Number(Object((await daemon.http().get(`${PATH}?fresh=true`)).json).version) === version + 1;
    await until('the new version is kept', async () => (await isNew()) || undefined);
  };
  const failures = async (): Promise<number> =>
    Number(/^secrets_persistence_errors_total (\d+)$/m.exec((await daemon.http().get('/metrics')).text)?.[1]);
  await rm(dirname(file), { recursive: true });
  for (let version = 1; version <= 2; version++) {
    await change(version);
    await until('the write has failed', async () => (await failures()) === version || undefined);
  }
  t.equal((await daemon.http().get(PATH)).status, 200);
  t.equal(daemon.log.filter(({ msg }) => msg === 'the cache file cannot be written').length, 1);
  await mkdir(dirname(file));
  await change(3);
  await daemon.logged('the cache file is written again');
  t.match(await contentOf(file), /"version":"4"/);
});

test('a reload that changes the cache leaves one that writes', async (t) => {
  const { vault, file, config, start } = await setUp(t, { deadline: '1s' });
  const daemon = await start();
  await daemon.http().get(PATH);
  await until('the file is there', () => contentOf(file).catch(() => undefined));
  await daemon.reload({ ...config, cache: { ...Object(config).cache, ttl: '10m' } });
  vault.setSecret('canary/path', '{"password":"new"}');
  t.match((await daemon.http().get(`${PATH}?fresh=true`)).json, { version: '2' });
  await until('the new one is in the file', async () => (await contentOf(file)).includes('"version":"2"') || undefined);
  // The five seconds of a write are longer than the deadline, after which the composition before it is closed.
  await daemon.stop();
  t.match(await contentOf(file), /"version":"2"/);
});
