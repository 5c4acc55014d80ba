import { EventEmitter } from 'node:events';
import { test } from 'tap';
import { toCallerRules } from '../../../src/access/caller-rules.ts';
import { Policy } from '../../../src/access/policy.ts';
import { type AuditEvent, noAudit } from '../../../src/audit/audit-log.ts';
import { SecretCache } from '../../../src/cache/secret-cache.ts';
import { Client } from '../../../src/client/client.ts';
import type { ReadAnswer } from '../../../src/client/failover.ts';
import type { ReadRequest } from '../../../src/client/secret-reader.ts';
import { SecretNotFoundError } from '../../../src/core/errors/secret-not-found-error.ts';
import { awaitChange } from '../../../src/http/operations/await-change.ts';
import { createSecretBodies, representationName } from '../../../src/http/secret-body.ts';
import { EventHub } from '../../../src/notifications/event-hub.ts';
import { context, noMetrics, testConfig, toSource } from '../../client/client-rig.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeProvider } from '../../fakes/fake-provider.ts';
import { textSecret } from '../../fakes/secrets.ts';

const WAIT_MS = 30_000;

/** Long polls on a real client with a fake store; the caller has what there is, unless told otherwise. */
async function setUp(ttlMs = 300_000) {
  const [clock, provider, log, audited] = [
    new FakeClock(),
    new FakeProvider(),
    new RecordingLog(),
    new Array<AuditEvent>(),
  ];
  const events = new EventHub(clock);
  const config = testConfig();
  const cache = new SecretCache({ ...config.cache, clock, random: () => 0.5, onEvict: () => undefined });
  const client = new Client({
    config: { ...config, cache: { ...config.cache, ttlMs } },
    instances: new Map([['files', [toSource(provider, { clock })]]]),
    policy: new Policy(toCallerRules('open', [])),
    audit: { ...noAudit, record: (event) => void audited.push(event) },
    metrics: noMetrics(),
    random: () => 0.5,
    events,
    cache,
    log,
    clock,
  });
  const [bodies, retired, response] = [createSecretBodies(), new AbortController(), new EventEmitter()];
  const choice = { path: 'a', raw: false };
  const tools = { client, bodies, clock, events, retired: retired.signal };
  const tagOf = (answer: ReadAnswer): string =>
    client.represent(answer, representationName(choice, 'a'), () => bodies.build(answer, choice)).etag;
  const condition = tagOf(await client.read({ path: 'a', context }));
  audited.length = 0;
  const poll = (more: Partial<ReadRequest> = {}, held: string | undefined = condition) => {
    const rig = { answer: undefined as ReadAnswer | undefined, error: undefined as unknown };
    const read = { path: 'a', context, ...more };
    awaitChange(tools, { read, choice, condition: held, waitMs: WAIT_MS, response }).then(
      (answer) => (rig.answer = answer),
      (error: unknown) => (rig.error = error),
    );
    return rig;
  };
  const valueOf = ({ answer }: { answer: ReadAnswer | undefined }): unknown => answer?.entry.secret.value.expose();
  return { clock, provider, audited, client, retired, response, events, poll, valueOf, tagOf, condition };
}

test('what the caller does not have is answered at once', async (t) => {
  const { clock, poll, valueOf } = await setUp();
  for (const held of ['"other"', '']) {
    const polled = poll({}, held);
    await clock.advance(0);
    t.equal(valueOf(polled), 'value of a', held);
  }
  t.equal(clock.timers, 0);
});

test('a rotation is answered as soon as it is known', async (t) => {
  const { clock, provider, audited, client, poll, valueOf } = await setUp();
  const polled = poll();
  await clock.advance(10_100);
  t.equal(polled.answer, undefined);
  t.equal(provider.calls.length, 1, 'nobody was asked');
  provider.onGet = () => textSecret('new', { version: '2' });
  await client.read({ path: 'a', context, fresh: true });
  await clock.advance(0);
  t.equal(valueOf(polled), 'new');
  t.strictSame(
    audited.map(({ operation, version }) => [operation, version]),
    [
      ['get', '1'],
      ['get', '2'],
      ['get', '2'],
    ],
    'the poll is an access at its start and with its answer',
  );
  t.equal(clock.timers, 0);
});

test('so is another representation that is no new version, within a second', async (t) => {
  const { clock, provider, client, poll } = await setUp();
  const polled = poll();
  await clock.advance(1_500);
  provider.onGet = () => textSecret('value of a', { metadata: { name: 'name', description: 'new' } });
  await client.read({ path: 'a', context, fresh: true });
  await clock.advance(1_000);
  t.equal(polled.answer?.entry.secret.metadata.description, 'new');
});

test('and a value that had left the cache', async (t) => {
  const { clock, provider, client, poll, valueOf } = await setUp();
  const polled = poll();
  client.dropInstance('files');
  provider.onGet = () => textSecret('new', { version: '2' });
  await clock.advance(1_000);
  t.equal(valueOf(polled), 'new');
});

test('at the end of the time the caller has what there is', async (t) => {
  const { clock, audited, poll, tagOf, condition } = await setUp();
  const polled = poll();
  await clock.advance(WAIT_MS - 1);
  t.equal(polled.answer, undefined);
  await clock.advance(1);
  t.equal(polled.answer && tagOf(polled.answer), condition);
  t.equal(audited.length, 1);
  t.equal(clock.timers, 0);
});

test('it counts as a read: the store is asked again and again', async (t) => {
  const { clock, provider, poll } = await setUp(4_000);
  const polled = poll();
  await clock.advance(WAIT_MS);
  t.ok(polled.answer);
  t.ok(provider.calls.length >= 6 && provider.calls.length <= 9, String(provider.calls.length));
});

test('a deletion is told', async (t) => {
  const { clock, provider, client, poll } = await setUp();
  const polled = poll();
  await clock.advance(1_500);
  provider.failWith(new SecretNotFoundError('SecretDoesNotExist', 'x'));
  await t.rejects(Promise.resolve(client.read({ path: 'a', context, fresh: true })));
  await clock.advance(0);
  t.match(polled.error, { code: 'SecretDoesNotExist' });
  t.equal(clock.timers, 0);
});

test('the end of the daemon and a caller who leaves end it', async (t) => {
  for (const end of ['retired', 'left', 'was retired'] as const) {
    const { clock, retired, response, poll, tagOf, condition } = await setUp();
    if (end === 'was retired') retired.abort();
    const polled = poll();
    await clock.advance(100);
    if (end === 'retired') retired.abort();
    if (end === 'left') response.emit('close');
    await clock.advance(0);
    t.equal(polled.answer && tagOf(polled.answer), condition, end);
    t.equal(clock.timers, 0);
    t.equal(response.listenerCount('close'), 0);
  }
});

test('a store that hangs does not make it longer', async (t) => {
  const { clock, provider, client, poll } = await setUp();
  const polled = poll();
  client.dropInstance('files');
  provider.hang();
  await clock.advance(WAIT_MS - 25_000);
  t.notOk(polled.answer ?? polled.error);
  await clock.advance(25_000);
  t.ok(polled.answer ?? polled.error);
});

test('a first read that fails is told at once', async (t) => {
  const { clock, poll } = await setUp();
  const polled = poll({ path: '../a' });
  await clock.advance(0);
  t.match(polled.error, { code: 'InvalidPath' });
});
