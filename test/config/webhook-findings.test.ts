import { test } from 'tap';
import { webhookFindings } from '../../src/config/webhook-findings.ts';

/** What is wrong with one address. */
const problem = (url: unknown, more: object = {}): string | undefined =>
  webhookFindings({ notifications: { webhooks: [{ url, key: 'k', ...more }] } })[0]?.message;

test('https goes anywhere, http to this machine or where it is allowed', async (t) => {
  for (const url of ['https://receiver.example/hook/?code=1', 'http://127.0.0.1:9000', 'http://localhost/', ''])
    t.equal(problem(url), undefined, url);
  t.equal(problem('http://receiver.example', { insecure: true }), undefined);
  t.match(problem('http://receiver.example'), /^'notifications\.webhooks\[0\]\.url' must begin with 'https:\/\/'/);
  for (const insecure of [false, 'true', 1]) t.match(problem('http://receiver.example', { insecure }), 'https://');
});

test('what is no address is reported, and never shown', async (t) => {
  for (const url of [
    'receiver.example',
    'ftp://receiver.example',
    'https://user:sesame@receiver.example',
    'https:///x#y',
  ])
    t.match(problem(url), /^'notifications\.webhooks\[0\]\.url' must/, url);
  t.notMatch(problem('https://user:sesame@receiver.example'), 'sesame');
});

test('what the schema refuses is left to it', async (t) => {
  for (const url of [undefined, null, 7, {}]) t.equal(problem(url), undefined);
  for (const settings of [undefined, {}, { notifications: [] }, { notifications: { webhooks: {} } }])
    t.strictSame(webhookFindings(settings), []);
  t.strictSame(webhookFindings({ notifications: { webhooks: [null, 'x', 7] } }), []);
});
