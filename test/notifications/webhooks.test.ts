import { type Test, test } from 'tap';
import { EventHub } from '../../src/notifications/event-hub.ts';
import { Webhooks } from '../../src/notifications/webhooks.ts';
import type { WebhookSettings } from '../../src/notifications/webhook-settings.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { until } from '../e2e/until.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../fakes/webhook-receiver.ts';

const rotated = { type: 'rotated', provider: 'vault', path: 'a', version: '2', previousVersion: '1' } as const;

function setUp(t: Test) {
  const [clock, log, counted] = [new FakeClock(), new RecordingLog(), new Array<string>()];
  const events = new EventHub(clock);
  const onDelivery = (status: string): void => void counted.push(status);
  const webhooks = new Webhooks({ events, clock, random: () => 0, log, onDelivery });
  t.teardown(() => webhooks.close());
  return { clock, log, counted, events, webhooks };
}

const to = ({ address: url }: WebhookReceiver, more: Partial<WebhookSettings> = {}): WebhookSettings => ({
  url,
  key: 'k3y',
  events: ['rotated'],
  ...more,
});

const count = ({ deliveries }: WebhookReceiver, wanted: number): Promise<true> =>
  until(`${wanted} came`, () => deliveries.length >= wanted || undefined);

test('each receiver is told of what it wants to hear of', async (t) => {
  const { events, webhooks } = setUp(t);
  const [first, second] = [await startWebhookReceiver(t), await startWebhookReceiver(t)];
  webhooks.use([to(first), to(second, { events: ['stale', 'deleted'] })]);
  events.publish({ type: 'stale', provider: 'vault' });
  events.publish(rotated);
  await Promise.all([count(first, 1), count(second, 1)]);
  await webhooks.close();
  t.match([...first.events, ...second.events], [{ type: 'rotated' }, { type: 'stale', provider: 'vault' }]);
  events.publish(rotated);
  t.equal(first.deliveries.length, 1);
});

test('a receiver that stays keeps what waits for it, one that goes gets it once more', async (t) => {
  const { clock, log, counted, events, webhooks } = setUp(t);
  const [staying, going] = [await startWebhookReceiver(t), await startWebhookReceiver(t)];
  for (const receiver of [staying, going]) receiver.onDelivery = () => ({ status: 503 });
  webhooks.use([to(staying), to(going)]);
  events.publish(rotated);
  await until('both have failed', () => log.messages('info').length === 2 || undefined);
  webhooks.use([to(staying)]);
  await count(going, 2);
  t.equal(staying.deliveries.length, 1, 'that one still pauses');
  staying.onDelivery = () => ({ status: 200 });
  await clock.advance(1_000);
  await count(staying, 2);
  events.publish({ ...rotated, version: '3' });
  await count(staying, 3);
  await webhooks.close();
  t.equal(going.deliveries.length, 2);
  t.strictSame(counted.toSorted(), ['delivered', 'delivered', 'failed', 'retried', 'retried']);
});

test('http to another machine is warned of', async (t) => {
  const { log, webhooks } = setUp(t);
  const receiver = await startWebhookReceiver(t);
  webhooks.use([to(receiver), to(receiver, { url: 'http://receiver.example/hook' })]);
  t.match(log.lines, [{ level: 'warn', fields: { webhook: 1 }, message: /unencrypted/ }]);
  t.notMatch(log.text(), 'receiver.example');
});
