import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { startDaemon } from '../e2e/daemon.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { vaultEnv, vaultStore } from '../e2e/vault-store.ts';
import { type Fault, faults } from '../fakes/fake-vault.ts';
import { timedRead } from './timed-read.ts';

const ENTRIES = 500;
const ATTEMPT_TIMEOUT_MS = 8_000;
// A login is given up after five seconds: whoever waits for that, or for an attempt, waits for the store.
const LOGIN_TIMEOUT_MS = 5_000;

const failures: Readonly<Record<string, Fault>> = {
  'connection reset': () => 'reset',
  'answer 503': faults.sealed,
  hang: () => 'hang',
};

test('a daemon that starts in the middle of an outage serves what it had', async (t) => {
  const paths = Array.from({ length: ENTRIES }, (_, at) => `app/s${at}`);
  const vault = await vaultStore(t, Object.fromEntries(paths.map((path) => [path, `{"of":"${path}"}`])));
  const folder = await temporaryDirectory(t);
  const key = join(folder, 'key');
  await writeFile(key, randomBytes(32));
  const auth = { method: 'token', token: { env: 'VAULT_TEST_TOKEN' } };
  const config = {
    providers: [{ name: 'vault', type: 'vault', address: vault.address, attemptTimeout: ATTEMPT_TIMEOUT_MS, auth }],
    cache: { persistence: { file: join(folder, 'cache.bin'), key: { file: key } } },
    budget: { burst: 2 * ENTRIES },
    preload: [{ path: 'app/s0', required: true }],
  };
  const before = await startDaemon(t, { config, env: vaultEnv });
  for (const path of paths) await before.http().get(`/v1/secrets/${path}`);
  await before.stop();

  for (const [fault, failure] of Object.entries(failures)) {
    vault.fault = failure;
    const startedMs = performance.now();
    const daemon = await startDaemon(t, { config, env: vaultEnv });
    const readyMs = performance.now() - startedMs;
    t.equal((await daemon.http().get('/startupz')).status, 200, 'a preloaded secret that is stale is there');
    const first = await timedRead(daemon.address(), 'app/s1');
    const firstMs = performance.now() - startedMs;
    t.match(first, { status: 200, isStale: true, body: '{"of":"app/s1"}' }, fault);
    t.ok(first.ms < LOGIN_TIMEOUT_MS / 2, 'it does not wait for the store');
    t.ok(firstMs < LOGIN_TIMEOUT_MS, 'nor does the start');
    const rest = await Promise.all(paths.map((path) => timedRead(daemon.address(), path)));
    t.ok(
      rest.every(({ status, isStale }) => status === 200 && isStale),
      'and so are all the others',
    );
    const longest = Math.max(...rest.map(({ ms }) => ms));
    t.comment(
      `${fault}: ready after ${Math.round(readyMs)} ms, the first secret served after ${Math.round(firstMs)} ms (its read took ${Math.round(first.ms)} ms); then ${ENTRIES} at once, the last after ${Math.round(longest)} ms`,
    );
    await daemon.kill();
  }
});
