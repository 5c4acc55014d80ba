import { test } from 'tap';
import type { SecretEvent } from '../../src/core/secret-event.ts';
import { type DeliveryStatus, Webhook } from '../../src/notifications/webhook.ts';
import type { SendResult } from '../../src/notifications/webhook-sender.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { rotation } from './events.ts';

const delivered: SendResult = { verdict: 'delivered', reason: '204' };
const failed: SendResult = { verdict: 'failed', reason: '503' };
const refused: SendResult = { verdict: 'refused', reason: '410' };
const path = 'db/creds';

function setUp(random = 0) {
  const [clock, log, sent, counted] = [new FakeClock(), new RecordingLog(), new Array<string>(), new Array<string>()];
  const answer: (event: SecretEvent, signal: AbortSignal) => SendResult | Promise<SendResult> = () => delivered;
  const rig = { answer };
  const webhook = new Webhook({
    index: 3,
    send: async (event, signal) => {
      sent.push(event.id);
      return rig.answer(event, signal);
    },
    clock,
    random: () => random,
    log,
    onDelivery: (status: DeliveryStatus) => void counted.push(status),
  });
  const offer = (...ids: readonly string[]): void => {
    for (const id of ids) webhook.offer(rotation(id, { path }));
  };
  return { clock, log, sent, counted, rig, webhook, offer };
}

test('delivers in order, one after the other', async (t) => {
  const { clock, sent, counted, rig, offer } = setUp();
  const { promise, resolve } = Promise.withResolvers<SendResult>();
  rig.answer = () => promise;
  offer('1', '2', '3');
  await clock.advance(60_000);
  t.strictSame(sent, ['1']);
  resolve(delivered);
  await clock.advance(0);
  t.strictSame(sent, ['1', '2', '3']);
  offer('4');
  await clock.advance(0);
  t.strictSame(sent, ['1', '2', '3', '4'], 'and goes on later');
  t.strictSame(counted, ['delivered', 'delivered', 'delivered', 'delivered']);
});

test('what fails is sent again ever later, ten times in all, and what waits behind it waits', async (t) => {
  const { clock, log, sent, counted, rig, offer } = setUp();
  const times: number[] = [];
  const startMs = clock.monotonicMs();
  rig.answer = ({ id }) => {
    if (id === '2') return delivered;
    times.push((clock.monotonicMs() - startMs) / 1_000);
    return failed;
  };
  offer('1', '2');
  await clock.advance(600_000);
  t.strictSame(times, [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
  t.equal(sent.at(-1), '2');
  t.strictSame(counted, [...Array.from({ length: 9 }, () => 'retried'), 'failed', 'delivered']);
  t.strictSame(log.messages('warn'), ['a webhook did not take an event, which is lost']);
  t.match(log.lines.at(-1)?.fields, { webhook: 3, event_id: '1', event: 'rotated', attempt: 10, reason: '503' });
  t.equal(log.messages('info').length, 9);
  t.notMatch(log.text(), path);
});

test('jitter shortens the pauses, the receiver lengthens them up to a minute', async (t) => {
  for (const [random, retryAfterMs, pauseMs] of [
    [1, 0, 500],
    [0.5, 0, 750],
    [0, 20_000, 20_000],
    [0, 3_600_000, 60_000],
  ] as const) {
    const { clock, sent, rig, offer } = setUp(random);
    rig.answer = () => ({ ...failed, retryAfterMs });
    offer('1');
    await clock.advance(pauseMs - 1);
    t.equal(sent.length, 1);
    await clock.advance(1);
    t.equal(sent.length, 2, String(pauseMs));
  }
});

test('a refusal is final', async (t) => {
  const { clock, log, sent, counted, rig, offer } = setUp();
  rig.answer = () => refused;
  offer('1', '2');
  await clock.advance(600_000);
  t.strictSame(sent, ['1', '2']);
  t.strictSame(counted, ['failed', 'failed']);
  t.match(log.lines[0]?.fields, { reason: '410' });
});

test('of too many the oldest are given up', async (t) => {
  const { clock, log, sent, counted, rig, offer } = setUp();
  const { promise, resolve } = Promise.withResolvers<SendResult>();
  rig.answer = () => promise;
  offer('first', ...Array.from({ length: 1_002 }, (_, index) => String(index)));
  t.strictSame(counted, ['dropped', 'dropped']);
  t.match(log.lines, [
    { level: 'warn', fields: { webhook: 3, event_id: '0' } },
    { level: 'warn', fields: { event_id: '1' } },
  ]);
  resolve(delivered);
  await clock.advance(0);
  await clock.advance(0);
  t.equal(sent.length, 1_001);
  t.strictSame([sent[0], sent[1], sent.at(-1)], ['first', '2', '1001']);
});

test('at the end what waits has one more chance', async (t) => {
  const { clock, sent, counted, rig, webhook, offer } = setUp();
  rig.answer = () => failed;
  offer('1', '2', '3');
  await clock.advance(10);
  t.strictSame(sent, ['1']);
  rig.answer = ({ id }) => (id === '2' ? failed : delivered);
  await webhook.close();
  t.strictSame(sent, ['1', '1', '2', '3'], 'without a pause');
  t.strictSame(counted, ['retried', 'delivered', 'failed', 'delivered']);
  t.equal(clock.timers, 0);
});

test('which ends after two seconds', async (t) => {
  const { clock, log, sent, counted, rig, webhook, offer } = setUp();
  rig.answer = (_, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({ verdict: 'failed', reason: 'Timeout' }));
    });
  offer('1', '2', '3');
  let isClosed = false;
  const closed = webhook.close().then(() => (isClosed = true));
  await clock.advance(1_999);
  t.notOk(isClosed);
  await clock.advance(1);
  await closed;
  t.strictSame([sent, counted], [['1'], ['failed', 'dropped', 'dropped']]);
  t.equal(log.messages('warn').length, 3, 'each is logged as lost');
  await webhook.close();
});
