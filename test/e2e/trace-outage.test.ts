import { type Test, test } from 'tap';
import { encodePartialSuccess } from '../fakes/otlp-schema.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../fakes/otlp-receiver.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { shopSecrets } from './shop-secrets.ts';
import { until } from './until.ts';

const LOST = 'traces cannot be delivered';

async function start(t: Test, address: string, env: Readonly<Record<string, string>> = {}): Promise<Daemon> {
  const config = localConfig(await secretsFile(t, shopSecrets));
  const usual = { OTEL_EXPORTER_OTLP_ENDPOINT: address, OTEL_BSP_SCHEDULE_DELAY: '10' };
  return startDaemon(t, { config, env: { ...usual, ...env } });
}

async function startBoth(t: Test, env: Readonly<Record<string, string>> = {}) {
  const receiver = await startOtlpReceiver(t);
  return { receiver, daemon: await start(t, receiver.address, env) };
}

async function read(t: Test, daemon: Daemon): Promise<void> {
  t.equal((await daemon.http().get('/v1/secrets/mail/token?format=raw')).text, 'not-json');
}

/** How many spans have become so, once there are that many. */
const counted = (daemon: Daemon, status: string, atLeast = 1): Promise<number> =>
  until(`${atLeast} spans are ${status}`, async () => {
    const { text } = await daemon.http().get('/metrics');
    const count = Number(new RegExp(`secrets_trace_spans_total\\{status="${status}"\\} (\\d+)`).exec(text)?.[1]);
    return count >= atLeast ? count : undefined;
  });

const warnings = (daemon: Daemon): readonly unknown[] =>
  daemon.log.filter(({ msg }) => String(msg).startsWith(LOST)).map(({ reason }) => reason);

/** It ends by itself, before it would be killed. */
const endsWell = async (t: Test, daemon: Daemon): Promise<void> =>
  void t.strictSame(await daemon.stop(), { code: 0, signal: null });

const never = (): Promise<never> => new Promise(() => undefined);

test('a collector that is not there costs spans and one warning, no read and no orderly end', async (t) => {
  const daemon = await start(t, 'http://127.0.0.1:1', { OTEL_EXPORTER_OTLP_TIMEOUT: '100' });
  for (let count = 1; count <= 3; count++) {
    await read(t, daemon);
    await counted(daemon, 'failed', count);
  }
  t.strictSame(warnings(daemon), ['ConnectionFailed']);
  await read(t, daemon);
  await endsWell(t, daemon);
  t.notMatch(daemon.stderr, /127\.0\.0\.1:1\b/, 'it does not tell the address');
});

test('one that hangs holds neither reads nor the end', async (t) => {
  const { receiver, daemon } = await startBoth(t);
  receiver.onPost = never;
  await read(t, daemon);
  await until('it hangs', () => receiver.posts.length > 0 || undefined);
  await read(t, daemon);
  await endsWell(t, daemon);
  t.strictSame(warnings(daemon), ['Timeout']);
});

test('what waits is bounded, and what finds no room is counted', async (t) => {
  const { receiver, daemon } = await startBoth(t, {
    OTEL_BSP_MAX_QUEUE_SIZE: '2',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1',
  });
  receiver.onPost = never;
  for (let count = 0; count < 10; count++) await read(t, daemon);
  // The first one is on its way, its call of the store and another one wait.
  t.ok((await counted(daemon, 'dropped')) >= 7);
});

test('an outage is told of once, and so is its end', async (t) => {
  const { receiver, daemon } = await startBoth(t);
  receiver.onPost = () => ({ status: 400, body: '<html>no</html>' });
  for (let count = 1; count <= 2; count++) {
    await read(t, daemon);
    await until('it is refused', () => receiver.posts.length >= count || undefined);
  }
  receiver.onPost = () => ({ status: 307, headers: { location: `${receiver.address}/elsewhere` } });
  await read(t, daemon);
  await until('it is sent elsewhere', () => receiver.posts.length >= 3 || undefined);
  receiver.onPost = () => ({ status: 200, body: 'what no message can be' });
  await read(t, daemon);
  await daemon.logged('traces are delivered again');
  t.ok(
    receiver.posts.every(({ path }) => path === '/v1/traces'),
    'no redirect is followed',
  );
  t.strictSame(warnings(daemon), ['400']);
  await endsWell(t, daemon);
  t.strictSame(receiver.faults, []);
});

const throttling = [429, 502, 503, 504];

for (const status of throttling)
  test(`${status} means later: the same spans come again, and are lost to nobody`, async (t) => {
    const { receiver, daemon } = await startBoth(t);
    let refusals = 0;
    receiver.onPost = () => (refusals++ < 2 ? { status, headers: { 'retry-after': '0' } } : { status: 200 });
    await read(t, daemon);
    await receiver.received('secrets.get');
    t.ok(receiver.posts.length >= 3);
    t.same(receiver.posts[0]?.body, receiver.posts[2]?.body);
    await counted(daemon, 'exported', 2);
    t.strictSame(warnings(daemon), []);
    t.equal(await failed(daemon), 0);
  });

async function failed(daemon: Daemon): Promise<number> {
  return counted(daemon, 'failed', 0);
}

test('spans that the collector rejects are counted', async (t) => {
  const { receiver, daemon } = await startBoth(t, { OTEL_BSP_SCHEDULE_DELAY: '200' });
  receiver.onPost = rejectOne(receiver);
  await read(t, daemon);
  t.equal(await counted(daemon, 'failed'), 1);
  t.equal(await counted(daemon, 'exported'), 1);
  t.strictSame(warnings(daemon), ['rejected']);
});

function rejectOne(receiver: OtlpReceiver) {
  return () => ({ status: 200, body: receiver.posts.length === 1 ? encodePartialSuccess(1) : '' });
}
