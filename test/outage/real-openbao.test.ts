import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { openBaoTest } from '../backends/backend-test.ts';
import { type RaftOpenBao, startRaftOpenBao } from '../backends/raft-openbao.ts';
import { type Daemon, startDaemon } from '../e2e/daemon.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { until } from '../e2e/until.ts';
import { type Phase, SteadyLoad } from './steady-load.ts';
import { upstreamCalls } from './upstream-calls.ts';

const PATHS = Array.from({ length: 500 }, (_, index) => `app/s${index}`);
const READS_PER_SECOND = 2_000;
const STEADY_MS = 20_000;
const DOWN_MS = 60_000;
// The defaults of `circuitBreaker`, and the time over which what has expired is read anew.
const FAILURE_THRESHOLD = 5;
const RESET_TIMEOUT_MS = 30_000;
const SPREAD_MS = 5_000;
// A busy machine is late.
const MARGIN_MS = 10_000;
// The breaker opens after five failures, while the refreshes of some milliseconds are under way; then one probe for
// each pause, and two when the store is back.
const CALLS_WHILE_DOWN = 2 * FAILURE_THRESHOLD + Math.ceil(DOWN_MS / RESET_TIMEOUT_MS) + 2;
const TIMEOUT_MS = 290_000;

const valueOf = (path: string): string => `{"password":"of ${path}"}`;

async function startStore(t: Test): Promise<{ readonly bao: RaftOpenBao; readonly token: string }> {
  const bao = await startRaftOpenBao(t);
  await until('the engine takes secrets', () =>
    bao.call('secret/data/first', { data: {} }).then(
      () => true,
      () => undefined,
    ),
  );
  for (const path of PATHS) await bao.call(`secret/data/${path}`, { data: JSON.parse(valueOf(path)) });
  const policy = 'path "secret/data/app/*" { capabilities = ["read"] }';
  await bao.call('sys/policies/acl/app', { policy });
  const { auth } = await bao.call('auth/token/create', { policies: ['app'], ttl: '1h' });
  return { bao, token: auth.client_token };
}

/** Values that expire several times in an outage; everything else is as it comes. */
async function daemonFor(t: Test, bao: RaftOpenBao, token: string): Promise<Daemon> {
  const config = {
    providers: [
      { name: 'bao', type: 'vault', address: bao.address, auth: { method: 'token', token: { env: 'TOKEN' } } },
    ],
    cache: { ttl: '20s', refreshAhead: '5s' },
    audit: { sink: join(await temporaryDirectory(t), 'audit.log') },
  };
  return startDaemon(t, { config, env: { TOKEN: token } });
}

function originOf(daemon: Daemon): string {
  const address = daemon.address();
  return address.kind === 'tcp' ? `http://${address.host}:${address.port}` : '';
}

function print(t: Test, name: string, { reads, stale, failed, latencies }: Phase): void {
  const [median, p99, p999, longest] = [0.5, 0.99, 0.999, 1].map((share) => latencies.percentile(share).toFixed(1));
  t.comment(
    `${name}: ${reads} reads, ${failed} failed, ${stale} stale; ms: p50 ${median}, p99 ${p99}, p99.9 ${p999}, longest ${longest}`,
  );
}

/** All calls so far. */
async function callsByOutcome(daemon: Daemon): Promise<string> {
  const { text } = await daemon.http().get('/metrics');
  const rows = text.matchAll(/^secrets_provider_calls_total\{.*call="(.*)",status="(.*)"\} (\d+)$/gm);
  return Array.from(rows, ([, call, status, count]) => `${call} ${status} ${count}`).join(', ');
}

const breaker = async (daemon: Daemon): Promise<string> =>
  Object((await daemon.http().get('/v1/status')).json).providers[0].breaker;

async function timeOf(action: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await action();
  return performance.now() - startedMs;
}

const toSeconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** Resolves when the breaker is in the state. */
async function untilBreaker(daemon: Daemon, state: string, withinMs: number): Promise<void> {
  const endAtMs = performance.now() + withinMs;
  while ((await breaker(daemon)) !== state && performance.now() < endAtMs) await sleep(50);
}

await openBaoTest(
  'a real store is killed under load, stays away for a minute and comes back',
  async (t) => {
    const { bao, token } = await startStore(t);
    const daemon = await daemonFor(t, bao, token);
    for (const path of PATHS) await daemon.http().get(`/v1/secrets/${path}`);
    const isRight = (path: string, body: string): boolean => body === valueOf(path);
    const load = new SteadyLoad({ origin: originOf(daemon), paths: PATHS, perSecond: READS_PER_SECOND, isRight });
    t.teardown(() => load.stop());
    const steady = load.nextPhase();
    const [callsAtFirst, steadyMs] = [await upstreamCalls(daemon), await timeOf(() => sleep(STEADY_MS))];
    const callsSteady = (await upstreamCalls(daemon)) - callsAtFirst;

    const callsBefore = await upstreamCalls(daemon);
    await bao.kill();
    const down = load.nextPhase();
    const openedMs = await timeOf(() => untilBreaker(daemon, 'open', DOWN_MS));
    await sleep(DOWN_MS - openedMs);
    const callsWhileDown = (await upstreamCalls(daemon)) - callsBefore;

    const startMs = await timeOf(() => bao.start());
    const back = load.nextPhase();
    const servesAtMs = performance.now();
    const closedMs = await timeOf(() => untilBreaker(daemon, 'closed', 2 * RESET_TIMEOUT_MS));
    // Long enough to see that nothing stale comes any more.
    await sleep(3 * SPREAD_MS);
    await load.stop();
    const recoveredMs = back.lastStaleAtMs === 0 ? 0 : back.lastStaleAtMs - servesAtMs;

    print(t, `steady, ${toSeconds(steadyMs)}`, steady);
    print(t, `down, ${toSeconds(DOWN_MS + startMs)} with its start`, down);
    print(t, 'back', back);
    t.comment(`calls to the store: ${callsSteady} while steady, ${callsWhileDown} while down`);
    t.comment(`by outcome: ${await callsByOutcome(daemon)}`);
    t.comment(
      `breaker: open ${toSeconds(openedMs)} after the kill, closed ${toSeconds(closedMs)} after the store served again; last stale answer ${toSeconds(recoveredMs)} after that moment`,
    );
    for (const { failures } of [steady, down, back]) t.strictSame(failures, [], 'no read failed');
    t.ok(down.stale > 0, 'the values expired');
    t.ok(callsWhileDown <= CALLS_WHILE_DOWN, `at most ${CALLS_WHILE_DOWN} calls while down`);
    t.ok(closedMs < RESET_TIMEOUT_MS + MARGIN_MS, 'the breaker closes within one reset time-out');
    t.ok(recoveredMs < RESET_TIMEOUT_MS + SPREAD_MS + MARGIN_MS, 'and all is fresh a moment later');
  },
  TIMEOUT_MS,
);
