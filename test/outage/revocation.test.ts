import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { unseal } from '../../src/cache/persistence/sealed-text.ts';
import { type Daemon, startDaemon } from '../e2e/daemon.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { until } from '../e2e/until.ts';
import { vaultConfig, vaultEnv, vaultStore } from '../e2e/vault-store.ts';
import type { FakeVault } from '../fakes/fake-vault.ts';
import { notFound } from '../fakes/fake-vault-kv.ts';
import { timedRead, type TimedRead } from './timed-read.ts';

const TTL_MS = 3_000;
const VALUE = '{"password":"revoked-canary"}';
const OTHER = '{"password":"kept"}';
const KEY = randomBytes(32);

interface Revocation {
  readonly status: number;
  readonly revoke: (vault: FakeVault) => void;
}

const revocations: Readonly<Record<string, Revocation>> = {
  'a secret that was deleted': {
    status: 404,
    revoke: (vault) => {
      vault.fault = ({ path }) => (path === 'secret/data/app/db' ? notFound : undefined);
    },
  },
  'a version that was deleted': { status: 404, revoke: (vault) => vault.kv.delete('app/db', 1) },
  'a policy that was withdrawn': { status: 403, revoke: (vault) => void vault.denied.add('app/db') },
};

async function setUp(t: Test): Promise<{ readonly vault: FakeVault; readonly file: string; readonly config: object }> {
  const vault = await vaultStore(t, { 'app/db': VALUE, 'app/other': OTHER });
  const folder = await temporaryDirectory(t);
  const [file, key] = [join(folder, 'cache.bin'), join(folder, 'key')];
  await writeFile(key, KEY);
  const cache = { ttl: TTL_MS, refreshAhead: TTL_MS / 2, persistence: { file, key: { file: key } } };
  return { vault, file, config: vaultConfig(vault.address, { cache, circuitBreaker: { failureThreshold: 1_000 } }) };
}

/** What is in the file, opened with its key. */
const contentOf = async (file: string): Promise<string> => unseal(await readFile(file), [KEY]);

const read = (daemon: Daemon, path = 'app/db'): Promise<TimedRead> => timedRead(daemon.address(), path);

for (const [what, { status, revoke }] of Object.entries(revocations)) {
  test(`${what} is gone after one refresh interval, stale rules notwithstanding`, async (t) => {
    const { vault, file, config } = await setUp(t);
    const daemon = await startDaemon(t, { config: { ...config }, env: vaultEnv });
    t.strictSame([(await read(daemon)).body, (await read(daemon, 'app/other')).body], [VALUE, OTHER]);
    await until('the file holds it', async () => (await contentOf(file).catch(() => '')).includes('revoked-canary'));
    // Another moment of the interval each time would tell the same: it is fresh, and read all the time.
    t.equal((await read(daemon)).body, VALUE);
    revoke(vault);
    const revokedMs = performance.now();
    const gone = await until('it is refused', async () => {
      const answer = await read(daemon);
      return answer.status === status ? answer : undefined;
    });
    const goneMs = performance.now() - revokedMs;
    t.comment(`${what}: ${gone.status} after ${Math.round(goneMs)} ms, the ttl being ${TTL_MS} ms`);
    // Ten times the interval would be a matter of another kind.
    t.ok(goneMs < 10 * TTL_MS);
    for (const selector of ['', '?stage=previous', '?stage=current']) {
      const { text } = await daemon.http().get(`/v1/secrets/app/db${selector}`);
      t.notMatch(text, /revoked-canary/, selector);
    }
    await until('it is not in the file', async () => !(await contentOf(file)).includes('revoked-canary') || undefined);

    vault.fault = () => 'reset';
    t.not((await read(daemon)).status, 200, 'nor does it come back when the store is down');
    await until('the other one is stale', async () => (await read(daemon, 'app/other')).isStale || undefined);
    await daemon.kill();
    const next = await startDaemon(t, { config: { ...config }, env: vaultEnv });
    t.equal((await read(next)).status, 502, 'nor after a restart');
    t.match(await read(next, 'app/other'), { status: 200, isStale: true, body: OTHER }, 'all others do');
  });
}
