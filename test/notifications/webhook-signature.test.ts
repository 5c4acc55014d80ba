import { test } from 'tap';
import { Redacted } from '../../src/core/redacted.ts';
import { signWebhook } from '../../src/notifications/webhook-signature.ts';

test('signs the time and the body', async (t) => {
  // printf '1767225600.{"id":"e1"}' | openssl dgst -sha256 -hmac k3y
  t.equal(
    signWebhook(new Redacted('k3y'), '1767225600', '{"id":"e1"}'),
    'v1=370c85a4d6efe9006655ed6c00c3eeac3622984b0cceb3066a5631210e6e7f16',
  );
});

test('another key, time or body has another signature', async (t) => {
  const made = [
    signWebhook(new Redacted('key'), '1', 'body'),
    signWebhook(new Redacted('other'), '1', 'body'),
    signWebhook(new Redacted('key'), '2', 'body'),
    signWebhook(new Redacted('key'), '1', 'bodies'),
  ];
  t.equal(new Set(made).size, made.length);
});
