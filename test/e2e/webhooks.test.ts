import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { startWebhookReceiver, type WebhookReceiver } from '../fakes/webhook-receiver.ts';
import { type Daemon, type Json, startDaemon } from './daemon.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { until } from './until.ts';
import { vaultConfig, vaultEnv, vaultStore } from './vault-store.ts';

const doc = (v: string): string => JSON.stringify({ v });
const KEY = 'the-key-of-the-hook';

interface Rig {
  readonly daemon: Daemon;
  readonly config: (webhooks: readonly Json[]) => Json;
  /** Gives the secret a new value, and has the daemon notice it. */
  readonly rotate: (value: string) => Promise<void>;
}

async function setUp(t: Test, webhooks: readonly Json[]): Promise<Rig> {
  const vault = await vaultStore(t, { 'db/a': doc('first') });
  const config: Rig['config'] = (wanted) =>
    vaultConfig(vault.address, { cache: { ttl: '200ms' }, notifications: { webhooks: wanted } });
  const daemon = await startDaemon(t, { config: config(webhooks), env: { ...vaultEnv, HOOK_KEY: KEY } });
  const read = async () => (await daemon.http().get('/v1/secrets/db/a?key=v&format=raw')).text;
  await read();
  const rotate = async (value: string): Promise<void> => {
    vault.setSecret('db/a', doc(value));
    await until('it is noticed', async () => (await read()) === value || undefined);
  };
  return { daemon, config, rotate };
}

const count = ({ deliveries }: WebhookReceiver, wanted: number): Promise<true> =>
  until(`${wanted} came`, () => deliveries.length >= wanted || undefined);

async function metric(daemon: Daemon): Promise<string> {
  const { text } = await daemon.http().get('/metrics');
  return text
    .split('\n')
    .filter((line) => /^secrets_webhook_deliveries_total\{.* [1-9]/.test(line))
    .toSorted()
    .join('\n');
}

test('a rotation is posted, signed with the key as it is now', async (t) => {
  const [receiver, file] = [await startWebhookReceiver(t), join(await temporaryDirectory(t), 'key')];
  await writeFile(file, `${KEY}\n`);
  const { daemon, rotate } = await setUp(t, [{ url: `${receiver.address}/hook`, key: { file } }]);
  await rotate('second');
  await count(receiver, 1);
  await writeFile(file, 'another key');
  await rotate('third');
  await count(receiver, 2);
  t.match(receiver.events, [
    { id: /^[0-9a-f]{32}$/, type: 'rotated', path: 'db/a', provider: 'vault', version: '2', previousVersion: '1' },
    { version: '3', previousVersion: '2', at: /^\d{4}-.*Z$/ },
  ]);
  for (const [index, key] of [KEY, 'another key'].entries()) {
    const { headers = {}, body = '' } = receiver.deliveries[index] ?? {};
    const timestamp = String(headers['keyfob-timestamp']);
    const hmac = createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex');
    t.equal(headers['keyfob-signature'], `v1=${hmac}`);
    t.ok(Math.abs(Number(timestamp) - Date.now() / 1_000) < 60);
    t.equal(headers['keyfob-event-id'], JSON.parse(body).id);
    t.notMatch(body, /first|second|third/);
  }
  t.equal(await metric(daemon), 'secrets_webhook_deliveries_total{status="delivered"} 2');
});

test('what fails is sent again, what is refused is not; the log names no address and no key', async (t) => {
  const [failing, refusing] = [await startWebhookReceiver(t), await startWebhookReceiver(t)];
  failing.onDelivery = () => ({ status: failing.deliveries.length > 1 ? 200 : 503 });
  refusing.onDelivery = () => ({ status: 410 });
  const webhooks = [failing, refusing].map(({ address }) => ({
    url: `${address}/sesame?token=sesame`,
    key: { env: 'HOOK_KEY' },
  }));
  const { daemon, rotate } = await setUp(t, webhooks);
  await rotate('second');
  await count(failing, 2);
  const [first, second] = failing.deliveries;
  t.equal(first?.body, second?.body, 'the copy is the same');
  await until('it is counted', async () => (await metric(daemon)).includes('delivered') || undefined);
  t.match(await metric(daemon), /"delivered"\} 1\n.*"failed"\} 1\n.*"retried"\} 1$/);
  t.match(await daemon.logged('a webhook did not take an event, which will be'), { webhook: 0, reason: '503' });
  t.match(await daemon.logged('a webhook did not take an event, which is lost'), { webhook: 1, reason: '410' });
  await daemon.stop();
  t.equal(refusing.deliveries.length, 1);
  for (const hidden of ['sesame', KEY, failing.address, refusing.address]) {
    t.notOk(daemon.stderr.includes(hidden), hidden);
    t.notOk(daemon.stdout.includes(hidden), hidden);
  }
});

test('the stop gives what waits one more chance, of two seconds at most', async (t) => {
  const [back, hanging] = [await startWebhookReceiver(t), await startWebhookReceiver(t)];
  back.onDelivery = () => ({ status: 503, headers: { 'retry-after': '60' } });
  hanging.onDelivery = () => new Promise(() => {});
  const webhooks = [back, hanging].map(({ address: url }) => ({ url, key: { env: 'HOOK_KEY' } }));
  const { daemon, rotate } = await setUp(t, webhooks);
  await rotate('second');
  await daemon.logged('a webhook did not take an event, which will be');
  await rotate('third');
  back.onDelivery = () => ({ status: 200 });
  t.strictSame(await daemon.stop(), { code: 0, signal: null });
  t.match(back.events, [{ version: '2' }, { version: '2' }, { version: '3' }]);
  t.match(
    daemon.log.filter(({ webhook, level }) => webhook === 1 && level === 'warn'),
    [{ reason: 'Timeout' }, { msg: 'an event was not sent to a webhook any more, and is lost' }],
  );
});

test('a new configuration brings and takes away webhooks', async (t) => {
  const receiver = await startWebhookReceiver(t);
  const { daemon, config, rotate } = await setUp(t, []);
  await rotate('second');
  await daemon.reload(config([{ url: receiver.address, key: { env: 'HOOK_KEY' }, events: ['rotated', 'deleted'] }]));
  await rotate('third');
  await count(receiver, 1);
  await daemon.reload(config([]));
  await rotate('fourth');
  await daemon.stop();
  t.match(receiver.events, [{ version: '3' }]);
});

test('a key in plain text, an address without encryption', async (t) => {
  const { daemon, config } = await setUp(t, [{ url: 'https://receiver.example', key: 'in the open' }]);
  t.ok(daemon.log.some(({ msg }) => /'notifications\.webhooks\[0\]\.key' is a credential in plain/.test(String(msg))));
  await daemon.reload(config([{ url: 'http://receiver.example', key: { env: 'HOOK_KEY' } }]));
  t.match(daemon.log.at(-1), { err: /'notifications\.webhooks\[0\]\.url' must begin with 'https:\/\/'/ });
  await daemon.reload(config([{ url: 'http://receiver.example', key: { env: 'HOOK_KEY' }, insecure: true }]));
  t.match(await daemon.logged("'insecure' is on: events travel"), { level: 'warn', webhook: 0 });
  t.notMatch(daemon.stderr, /in the open|receiver\.example/);
});
