import type { Clock } from '../core/clock.ts';
import { readCredential } from '../core/credential-setting.ts';
import { withDeadline } from '../core/deadline.ts';
import { AuthenticationError } from '../core/errors/authentication-error.ts';
import { classify } from '../core/errors/classify.ts';
import type { SecretEvent } from '../core/secret-event.ts';
import type { HttpClient } from '../transport/http-client.ts';
import { retryAfter } from '../transport/retry-after.ts';
import type { WebhookSettings } from './webhook-settings.ts';
import { signWebhook } from './webhook-signature.ts';

/** How an attempt to deliver ended. */
export interface SendResult {
  readonly verdict: 'delivered' | 'failed' | 'refused';
  /** For the log: a status, a code of the taxonomy, or which key cannot be read. Tells nothing of the address. */
  readonly reason: string;
  /** How long the receiver asks us to wait. */
  readonly retryAfterMs?: number;
}

/** Tries once to deliver an event. Never throws. */
export type SendWebhook = (event: SecretEvent, signal: AbortSignal) => Promise<SendResult>;

export interface WebhookSenderOptions {
  readonly settings: WebhookSettings;
  readonly http: Pick<HttpClient, 'send'>;
  readonly clock: Clock;
}

const ATTEMPT_TIMEOUT_MS = 10_000;
// Answers of 400 to 499 by which a receiver says that the same request may be welcome later (RFC 9110, 8470, 6585).
const RETRIED_STATUSES = new Set([408, 425, 429]);

/** Signs events with the key as it is at the time, and posts them. */
export function createWebhookSender({ settings, http, clock }: WebhookSenderOptions): SendWebhook {
  const url = new URL(settings.url);
  return async (event, parent) => {
    try {
      const body = toBody(event);
      const timestamp = String(Math.trunc(clock.wallMs() / 1_000));
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'keyfob',
        'keyfob-event-id': event.id,
        'keyfob-timestamp': timestamp,
        'keyfob-signature': signWebhook(await readCredential(settings.key), timestamp, body),
      };
      const post = (signal: AbortSignal) => http.send({ method: 'POST', url, headers, body, signal });
      const answer = await withDeadline({ clock, timeoutMs: ATTEMPT_TIMEOUT_MS, parent }, post);
      const reason = String(answer.status);
      return { verdict: toVerdict(answer.status), reason, ...retryAfter(answer.headers, clock.wallMs()) };
    } catch (error) {
      // Names the variable or the file; what is wrong with it is for the operator to mend.
      const reason = error instanceof AuthenticationError ? error.message : classify(error).code;
      return { verdict: 'failed', reason };
    }
  };
}

function toBody({ id, type, path, provider, version, previousVersion, at }: SecretEvent): string {
  return JSON.stringify({ id, type, path, provider, version, previousVersion, at });
}

/** A redirect is refused as well: what is signed for one receiver is not sent to another. */
function toVerdict(status: number): SendResult['verdict'] {
  if (status >= 200 && status < 300) return 'delivered';
  return status >= 500 || RETRIED_STATUSES.has(status) ? 'failed' : 'refused';
}
