import { createHmac } from 'node:crypto';
import type { Redacted } from '../core/redacted.ts';

/**
 * `v1=` and the HMAC-SHA256 in hex over the timestamp, a full stop and the body: what is signed cannot be sent again
 * under another time. A later form would be `v2=`, beside it.
 */
export function signWebhook(key: Redacted, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', key.expose()).update(`${timestamp}.${body}`).digest('hex')}`;
}
