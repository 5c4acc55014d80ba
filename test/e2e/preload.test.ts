import { type Test, test } from 'tap';
import { faults } from '../fakes/fake-vault.ts';
import { runBundle } from './bundle.ts';
import { type Daemon, type Json, startDaemon } from './daemon.ts';
import type { Answer } from './http.ts';
import { until } from './until.ts';
import { vaultConfig, vaultEnv, vaultStore } from './vault-store.ts';

const NEVER_OPEN = { circuitBreaker: { failureThreshold: 1_000 } };

const start = (t: Test, address: string, more: Json): Promise<Daemon> =>
  startDaemon(t, {
    config: vaultConfig(address, { ...NEVER_OPEN, ...more }),
    env: vaultEnv,
    isReadinessOpen: true,
  });

/** The states of the three probes. */
async function probes(daemon: Daemon): Promise<readonly number[]> {
  const answers = await Promise.all(['startupz', 'readyz', 'livez'].map((probe) => daemon.http().get(`/${probe}`)));
  return answers.map(({ status }) => status);
}

function wait(daemon: Daemon, timeout: string): ReturnType<typeof runBundle> {
  const address = daemon.address();
  const KEYFOB_ADDR = address.kind === 'tcp' ? `http://127.0.0.1:${address.port}` : '';
  return runBundle(['wait', '--timeout', timeout], { KEYFOB_ADDR });
}

const cacheStatus = ({ headers }: Answer): string => String(headers['cache-status']);

test('the daemon has started when what is required has been read', async (t) => {
  const vault = await vaultStore(t, { must: '{"k":"v"}', also: '{"k":"v"}', other: '{"k":"v"}' });
  vault.fault = ({ path }) => (path === 'secret/data/must' ? faults.sealed() : undefined);
  const daemon = await start(t, vault.address, { preload: ['must', 'also'].map((path) => ({ path, required: true })) });
  await vault.seen('secret/data/must', 1);
  t.strictSame(await probes(daemon), [503, 503, 200]);
  t.match((await daemon.http().get('/startupz')).json, { status: 503, detail: 'the daemon is starting' });
  t.match((await daemon.http().get('/v1/status')).json, { ready: false });
  t.equal((await daemon.http().get('/v1/secrets/other')).status, 200, 'whoever asks is served all the same');
  t.match(await wait(daemon, '300ms'), { code: 1, stdout: '', stderr: /was not ready within 300ms/ });
  const waiting = wait(daemon, '30s');
  vault.fault = () => undefined;
  t.match(await waiting, { code: 0, stdout: '', stderr: '' });
  t.strictSame(await probes(daemon), [200, 200, 200]);
  const asked = vault.count('secret/data/');
  for (const path of ['must', 'also'])
    t.match(cacheStatus(await daemon.http().get(`/v1/secrets/${path}`)), /; hit;/, path);
  t.equal(vault.count('secret/data/'), asked, 'without another call');
  const told = daemon.log.filter(({ msg }) => String(msg).startsWith('a secret could not be preloaded'));
  t.match(told, [{ level: 'warn', secret_path: 'must', code: 'ProviderUnavailable' }], 'said once');
});

test('once green it stays so', async (t) => {
  const vault = await vaultStore(t, { must: '{"k":"v"}' });
  const config = vaultConfig(vault.address, { ...NEVER_OPEN, preload: [{ path: 'must', required: true }] });
  const daemon = await startDaemon(t, { config, env: vaultEnv });
  vault.fault = faults.sealed;
  await daemon.reload({ ...config, preload: ['must', 'new'].map((path) => ({ path, required: true })) });
  t.strictSame(await probes(daemon), [200, 200, 200], 'a reload is no start');
});

test('what is not required holds nothing up, and is read as soon as it can be', async (t) => {
  const vault = await vaultStore(t, { late: '{"k":"v"}' });
  vault.fault = ({ path }) => (path === 'secret/data/late' ? faults.sealed() : undefined);
  const preload = [{ path: 'late' }, { path: 'not/there', required: false }];
  const daemon = await start(t, vault.address, { preload });
  t.equal((await wait(daemon, '30s')).code, 0);
  await daemon.logged('a secret could not be preloaded', 2);
  const failed = vault.count('secret/data/late');
  vault.fault = () => undefined;
  await vault.seen('secret/data/late', failed + 1);
  await until(
    'it is there',
    async () => Number(Object((await daemon.http().get('/v1/status')).json).cache.entries) || undefined,
  );
  const asked = vault.count('secret/data/late');
  t.match(cacheStatus(await daemon.http().get('/v1/secrets/late')), /; hit;/);
  t.equal(vault.count('secret/data/late'), asked);
});

test('it is never evicted for space', async (t) => {
  const names = Array.from({ length: 20 }, (_, at) => `s${at}`);
  const vault = await vaultStore(t, Object.fromEntries([...names, 'pinned'].map((name) => [name, '{"k":"v"}'])));
  const config = vaultConfig(vault.address, {
    preload: [{ path: 'pinned', required: true }],
    cache: { maxEntries: 2, maxBytes: '8KiB' },
  });
  const daemon = await startDaemon(t, { config, env: vaultEnv });
  for (const name of names) t.equal((await daemon.http().get(`/v1/secrets/${name}`)).status, 200);
  t.match(cacheStatus(await daemon.http().get('/v1/secrets/pinned')), /; hit;/);
  t.equal(vault.count('secret/data/pinned'), 1);
  t.match(
    (await daemon.http().get('/metrics')).text,
    /secrets_cache_evictions_total\{provider="vault",reason="space"\} \d/,
  );
});

test('it is read anew before it expires, though nobody asks for it', async (t) => {
  const vault = await vaultStore(t, { a: '{"k":"v"}' });
  const config = vaultConfig(vault.address, {
    preload: [{ path: 'a', required: true }],
    cache: { ttl: '400ms', refreshAhead: '200ms' },
  });
  const daemon = await startDaemon(t, { config, env: vaultEnv });
  await vault.seen('secret/data/a', 5);
  vault.setSecret('a', '{"k":"new"}');
  await vault.seen('secret/data/a', vault.count('secret/data/a') + 2);
  const answer = await daemon.http().get('/v1/secrets/a?key=k&format=raw');
  t.equal(answer.text, 'new', 'its first reader has the value of now');
});

test('a required secret that is not there keeps it from starting, and the log says which', async (t) => {
  const vault = await vaultStore(t);
  const daemon = await start(t, vault.address, { preload: [{ path: 'missing', required: true }] });
  t.match(await daemon.logged('a secret could not be preloaded'), {
    secret_path: 'missing',
    code: 'SecretDoesNotExist',
  });
  t.strictSame(await probes(daemon), [503, 503, 200]);
  t.strictSame(await daemon.stop(), { code: 0, signal: null }, 'and it can be stopped');
});
