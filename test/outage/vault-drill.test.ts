import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { openBaoTest } from '../backends/backend-test.ts';
import { addRole, enableDatabase } from '../backends/database-engine.ts';
import { startPostgres } from '../backends/postgres.ts';
import { type RaftOpenBao, startRaftOpenBao } from '../backends/raft-openbao.ts';
import { type Daemon, startDaemon } from '../e2e/daemon.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { until } from '../e2e/until.ts';
import { openLoginDoor } from './login-door.ts';
import { type Phase, SteadyLoad } from './steady-load.ts';

const PATHS = ['app/a', 'app/b', 'app/c', 'app/d', 'app/e'];
const LEASED = 'database/creds/app';
const READS_PER_SECOND = 20;
const LEASED_READS_PER_SECOND = 5;
const TIMEOUT_MS = 290_000;
// A login is tried again within 30 s.
const RECOVERY_MS = 40_000;
const POLICY = `
path "secret/data/app/*" { capabilities = ["read"] }
path "database/creds/app" { capabilities = ["read"] }
path "sys/leases/renew" { capabilities = ["update"] }
path "sys/leases/revoke" { capabilities = ["update"] }`;

/** Tokens of 5 s and leases of 3 s: three minutes stand for days. */
async function startStore(t: Test): Promise<{ bao: RaftOpenBao; roleId: string; secretId: string }> {
  const postgres = await startPostgres();
  t.teardown(() => postgres.stop());
  const bao = await startRaftOpenBao(t);
  await until('the engine takes secrets', () =>
    bao.call('secret/data/first', { data: {} }).then(
      () => true,
      () => undefined,
    ),
  );
  for (const path of PATHS) await bao.call(`secret/data/${path}`, { data: { of: path } });
  await enableDatabase(bao, postgres);
  await addRole(bao, 'app', { ttl: '3s', maxTtl: '12s' });
  await bao.call('sys/policies/acl/app', { policy: POLICY });
  await bao.call('sys/auth/approle', { type: 'approle' });
  const role = 'auth/approle/role/app';
  await bao.call(role, { token_ttl: '5s', token_max_ttl: '20s', token_policies: ['app'] });
  const { data: id } = await bao.call(`${role}/role-id`);
  const { data: secret } = await bao.call(`${role}/secret-id`, {});
  return { bao, roleId: id.role_id, secretId: secret.secret_id };
}

/** What the daemon is put through, each for some seconds, with time to recover. */
const faults: readonly (readonly [string, (bao: RaftOpenBao) => Promise<void>])[] = [
  [
    'sealed for 15 s',
    async (bao) => {
      await bao.seal();
      await sleep(15_000);
      await bao.unseal();
    },
  ],
  [
    'killed, 10 s later restarted with its storage',
    async (bao) => {
      await bao.kill();
      await sleep(10_000);
      await bao.start();
    },
  ],
  [
    'all tokens of the role revoked, three times',
    async (bao) => {
      for (let count = 0; count < 3; count++) {
        const { data } = await bao.call('auth/token/accessors?list=true');
        for (const accessor of data.keys) await revoke(bao, accessor);
        await sleep(2_000);
      }
    },
  ],
  ['all leases ended', (bao) => bao.call(`sys/leases/revoke-prefix/${LEASED}`, {})],
  [
    'sealed again for 5 s, right after a restart',
    async (bao) => {
      await bao.kill();
      await bao.start();
      await bao.seal();
      await sleep(5_000);
      await bao.unseal();
    },
  ],
];

async function revoke(bao: RaftOpenBao, accessor: string): Promise<void> {
  const look = await bao.call('auth/token/lookup-accessor', { accessor }).catch(() => undefined);
  if (look?.data.policies.includes('app') !== true) return;
  await bao.call('auth/token/revoke-accessor', { accessor }).catch(() => undefined);
}

const originOf = (daemon: Daemon): string => {
  const address = daemon.address();
  return address.kind === 'tcp' ? `http://${address.host}:${address.port}` : '';
};

/** Waits until the store is asked again and answers, for leased values too; without a restart of the daemon. */
async function recovered(daemon: Daemon): Promise<void> {
  const questions = [...PATHS.map((path) => `${path}?fresh=true`), LEASED];
  const endAtMs = performance.now() + RECOVERY_MS;
  while (performance.now() < endAtMs) {
    const answers = await Promise.all(questions.map((question) => daemon.http().get(`/v1/secrets/${question}`)));
    if (answers.every(({ status }) => status === 200)) return;
    await sleep(500);
  }
  throw new Error('the daemon did not recover');
}

const print = (t: Test, name: string, [statics, leased]: readonly [Phase, Phase]): void =>
  t.comment(
    `${name}: static ${statics.reads} reads, ${statics.failed} failed, ${statics.stale} stale; leased ${leased.reads} reads, ${leased.failed} not served`,
  );

await openBaoTest(
  'three minutes that stand for days',
  async (t) => {
    const { bao, roleId, secretId } = await startStore(t);
    const auth = { method: 'approle', roleId, secretId: { env: 'SECRET_ID' } };
    const { door, address } = await openLoginDoor(t, bao.address);
    const config = {
      providers: [{ name: 'bao', type: 'vault', address, auth, leased: [LEASED] }],
      cache: { ttl: '4s', refreshAhead: '1s', gracePeriod: '1s' },
      circuitBreaker: { resetTimeout: '2s' },
      audit: { sink: join(await temporaryDirectory(t), 'audit.log') },
      access: { callers: [{ name: 'anonymous', operations: ['get'] }] },
    };
    const daemon = await startDaemon(t, { config, env: { SECRET_ID: secretId } });
    for (const path of [...PATHS, LEASED]) await daemon.http().get(`/v1/secrets/${path}`);
    const origin = originOf(daemon);
    const isRight = (path: string, body: string): boolean => body === JSON.stringify({ of: path });
    const statics = new SteadyLoad({ origin, paths: PATHS, perSecond: READS_PER_SECOND, isRight });
    const perSecond = LEASED_READS_PER_SECOND;
    const leased = new SteadyLoad({
      origin,
      paths: [LEASED],
      perSecond,
      isRight: (_, body) => body.includes('password'),
    });
    t.teardown(() => Promise.all([statics.stop(), leased.stop()]));

    const endAtMs = performance.now() + 180_000;
    for (const [name, inflict] of faults) {
      const phases = [statics.nextPhase(), leased.nextPhase()] as const;
      await inflict(bao);
      await recovered(daemon);
      await sleep(5_000);
      print(t, name, phases);
      t.same(phases[0].failures, [], `${name}: no read of a static secret fails`);
    }
    const [quiet, lent] = [statics.nextPhase(), leased.nextPhase()];
    await sleep(Math.max(10_000, endAtMs - performance.now()));
    await Promise.all([statics.stop(), leased.stop()]);
    print(t, 'the rest, undisturbed', [quiet, lent]);
    t.same(quiet.failures, []);
    t.same(lent.failures, [], 'tokens and leases end by themselves all the time, and nobody notices');
    t.comment(`logins: ${door.logins}, most at once: ${door.mostAtOnce}`);
    t.equal(door.mostAtOnce, 1, 'one login at a time');
    t.equal((await daemon.stop()).code, 0);
  },
  TIMEOUT_MS,
);
