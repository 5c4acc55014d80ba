import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { createWebhookSender } from '../../src/notifications/webhook-sender.ts';
import type { WebhookSettings } from '../../src/notifications/webhook-settings.ts';
import { createHttpClient } from '../../src/transport/http-client.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { startWebhookReceiver } from '../fakes/webhook-receiver.ts';
import { rotation } from './events.ts';

async function setUp(t: Test, more: Partial<WebhookSettings> = {}) {
  const [clock, receiver] = [new FakeClock(), await startWebhookReceiver(t)];
  const http = createHttpClient({ maxResponseBytes: 1_000 });
  t.teardown(() => http.close());
  const settings = { url: `${receiver.address}/hook?from=keyfob`, key: 'k3y', events: [], ...more };
  const send = createWebhookSender({ settings, http, clock });
  const end = new AbortController();
  return { clock, receiver, end, http, send: () => send(rotation('e1'), end.signal) };
}

const hmac = (key: string, text: string): string => `v1=${createHmac('sha256', key).update(text).digest('hex')}`;

test('posts the event as JSON, signed with the time', async (t) => {
  const { receiver, send } = await setUp(t);
  t.strictSame(await send(), { verdict: 'delivered', reason: '204' });
  const [delivery] = receiver.deliveries;
  t.match(delivery, {
    method: 'POST',
    path: '/hook?from=keyfob',
    headers: {
      'content-type': 'application/json',
      'keyfob-event-id': 'e1',
      'keyfob-timestamp': '1767225600',
      'keyfob-signature': hmac('k3y', `1767225600.${delivery?.body}`),
    },
  });
  t.strictSame(receiver.events, [
    {
      id: 'e1',
      type: 'rotated',
      path: 'a',
      provider: 'vault',
      version: '2',
      previousVersion: '1',
      at: '2026-01-01T00:00:00.000Z',
    },
  ]);
});

test('the key is read for each delivery', async (t) => {
  const file = join(await temporaryDirectory(t), 'key');
  const { receiver, send } = await setUp(t, { key: { file } });
  const result = await send();
  t.match(result, { verdict: 'failed', reason: /^the credential file '.*key' cannot be read$/ });
  t.equal(receiver.deliveries.length, 0, 'nothing is sent unsigned');
  for (const key of ['first', 'second']) {
    await writeFile(file, `${key}\n`);
    t.match(await send(), { verdict: 'delivered' });
    const { body = '', headers = {} } = receiver.deliveries.at(-1) ?? {};
    t.equal(headers['keyfob-signature'], hmac(key, `1767225600.${body}`));
  }
});

test('what an answer means', async (t) => {
  const { receiver, send } = await setUp(t);
  for (const [status, verdict] of [
    [200, 'delivered'],
    [202, 'delivered'],
    [301, 'refused'],
    [307, 'refused'],
    [400, 'refused'],
    [401, 'refused'],
    [404, 'refused'],
    [410, 'refused'],
    [408, 'failed'],
    [425, 'failed'],
    [429, 'failed'],
    [500, 'failed'],
    [503, 'failed'],
  ] as const) {
    receiver.onDelivery = () => ({ status, headers: { location: receiver.address } });
    t.strictSame(await send(), { verdict, reason: String(status) });
  }
  t.equal(receiver.deliveries.length, 13, 'no redirect was followed');
  receiver.onDelivery = () => ({ status: 503, headers: { 'retry-after': '7' } });
  t.strictSame(await send(), { verdict: 'failed', reason: '503', retryAfterMs: 7_000 });
});

test('a receiver that hangs is given ten seconds', async (t) => {
  const { clock, receiver, send } = await setUp(t);
  const { promise: came, resolve } = Promise.withResolvers<void>();
  receiver.onDelivery = () => {
    resolve();
    return new Promise(() => {});
  };
  const sent = send();
  await came;
  await clock.advance(10_000);
  t.strictSame(await sent, { verdict: 'failed', reason: 'Timeout' });
});

test('an attempt ends with its signal, and one that cannot connect says so', async (t) => {
  const { end, receiver, http, send } = await setUp(t);
  receiver.onDelivery = () => {
    end.abort();
    return new Promise(() => {});
  };
  t.match(await send(), { verdict: 'failed' });
  await http.close();
  t.strictSame(await send(), { verdict: 'failed', reason: 'Timeout' }, 'the signal has ended');
  const other = await setUp(t, { url: 'http://127.0.0.1:1/' });
  t.strictSame(await other.send(), { verdict: 'failed', reason: 'ConnectionFailed' });
});
