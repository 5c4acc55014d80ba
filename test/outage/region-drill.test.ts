import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { callSecretsManager } from '../backends/aws-call.ts';
import { awsTest } from '../backends/backend-test.ts';
import { type Moto, startMoto } from '../backends/moto.ts';
import { type Daemon, startDaemon } from '../e2e/daemon.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { openDoor } from './store-door.ts';
import { type Phase, SteadyLoad } from './steady-load.ts';

const PATHS = Array.from({ length: 50 }, (_, index) => `app/s${index}`);
const [FIRST, SECOND] = ['eu-west-1', 'eu-central-1'];
const READS_PER_SECOND = 200;
const PHASE_MS = 10_000;
const RESET_MS = 2_000;
const RECOVERY_MS = 30_000;
const TIMEOUT_MS = 200_000;

/** The same secrets in a region; two servers that know nothing of each other stand for the copies of one. */
async function seed(moto: Moto, region: string): Promise<void> {
  const place = { address: moto.address, region, keys: moto.admin };
  for (const Name of PATHS) await callSecretsManager(place, 'CreateSecret', { Name, SecretString: `of ${Name}` });
}

const originOf = (daemon: Daemon): string => {
  const address = daemon.address();
  return address.kind === 'tcp' ? `http://${address.host}:${address.port}` : '';
};

const regionOf = async (daemon: Daemon, path: string): Promise<string> =>
  Object((await daemon.http().get(`/v1/secrets/${path}`)).json).metadata.region;

/** Resolves when every path is answered from the region. */
async function untilAllFrom(daemon: Daemon, region: string): Promise<number> {
  const startedMs = performance.now();
  while (performance.now() - startedMs < RECOVERY_MS) {
    const regions = await Promise.all(PATHS.map((path) => regionOf(daemon, path)));
    if (regions.every((each) => each === region)) return performance.now() - startedMs;
    await sleep(200);
  }
  throw new Error(`not all secrets came from '${region}'`);
}

const print = (t: Test, name: string, { reads, failed, stale, latencies }: Phase): void =>
  t.comment(
    `${name}: ${reads} reads, ${failed} failed, ${stale} stale; p99 ${latencies.percentile(0.99).toFixed(1)} ms, longest ${latencies.percentile(1).toFixed(1)} ms`,
  );

await awsTest(
  'a region goes down under load, and comes back',
  async (t) => {
    const [first, second] = await Promise.all([startMoto(), startMoto()]);
    t.teardown(() => second.stop());
    let primary = first;
    t.teardown(() => primary.stop());
    // moto forgets everything with its end: its successor is there only once it has the secrets.
    const door = await openDoor(t, () => primary.address);
    await Promise.all([seed(first, FIRST), seed(second, SECOND)]);
    const regions = [
      { region: FIRST, endpoint: `http://127.0.0.1:${door.port}` },
      { region: SECOND, endpoint: second.address },
    ];
    const config = {
      providers: [{ name: 'aws', type: 'aws', regions }],
      cache: { ttl: '2s', refreshAhead: '500ms' },
      circuitBreaker: { resetTimeout: `${RESET_MS}ms` },
      audit: { sink: join(await temporaryDirectory(t), 'audit.log') },
    };
    const env = { AWS_ACCESS_KEY_ID: first.admin.id, AWS_SECRET_ACCESS_KEY: first.admin.secret };
    const daemon = await startDaemon(t, { config, env: { ...env, AWS_ENDPOINT_URL_STS: second.address } });
    t.equal(await untilAllFrom(daemon, FIRST).then(() => true), true, 'the first region is preferred');
    const isRight = (path: string, body: string): boolean => body === `of ${path}`;
    const load = new SteadyLoad({ origin: originOf(daemon), paths: PATHS, perSecond: READS_PER_SECOND, isRight });
    t.teardown(() => load.stop());

    const steady = load.nextPhase();
    await sleep(PHASE_MS);
    await first.stop();
    door.cut();
    const down = load.nextPhase();
    const overMs = await untilAllFrom(daemon, SECOND);
    await sleep(PHASE_MS);

    const successor = await startMoto();
    await seed(successor, FIRST);
    primary = successor;
    const back = load.nextPhase();
    const backMs = await untilAllFrom(daemon, FIRST);
    await load.stop();

    print(t, 'both up', steady);
    print(t, 'the first down', down);
    print(t, 'the first back', back);
    t.comment(
      `all from the second after ${Math.round(overMs)} ms, all from the first again after ${Math.round(backMs)} ms`,
    );
    for (const { failures } of [steady, down, back]) t.same(failures, [], 'no read failed');
    const { text } = await daemon.http().get('/metrics');
    t.match(
      text,
      /^secrets_failover_served_total\{provider="aws\/eu-central-1"\} [1-9]/m,
      'the metric names the region',
    );
    const { json } = await daemon.http().get('/v1/status');
    t.match(
      Object(json).providers.map(({ name, region }: Record<string, unknown>) => [name, region]),
      [
        ['aws', FIRST],
        ['aws', SECOND],
      ],
    );
  },
  TIMEOUT_MS,
);
