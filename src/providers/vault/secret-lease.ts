import type { Clock } from '../../core/clock.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import type { Redacted } from '../../core/redacted.ts';
import type { SecretLease } from '../../core/secret.ts';
import { isSuccess } from './answer.ts';
import type { OwnAnswer, VaultClient } from './client.ts';
import { toSecretError } from './errors.ts';
import { textAt } from '../../core/json-fields.ts';
import { secondsAt } from './json-fields.ts';

/**
 * Milliseconds until a token of ours ends, and everything that was lent to it; where that is sooner than wished, the
 * token is renewed first.
 */
export type LifeOfToken = (token: Redacted, wishMs: number, signal: AbortSignal) => Promise<number>;

export interface LeaseTools {
  readonly client: VaultClient;
  readonly clock: Clock;
  readonly lifeOf: LifeOfToken;
}

export interface LeaseOptions extends LeaseTools {
  /** When the store was asked, on the monotonic clock. */
  readonly askedAtMs: number;
  readonly signal: AbortSignal;
}

const RENEW = 'sys/leases/renew';
const REVOKE = 'sys/leases/revoke';

/** The lease of a value; undefined for one that the store does not lend. It is no longer than the life of the token. */
export async function createSecretLease(answer: OwnAnswer, options: LeaseOptions): Promise<SecretLease | undefined> {
  const { client, clock, lifeOf, askedAtMs, signal } = options;
  const { body = {}, token } = answer;
  const id = textAt(body, 'lease_id');
  if (id === undefined) return undefined;
  const grantedMs = secondsAt(body, 'lease_duration');
  const durationMs = Math.min(grantedMs, await lifeOf(token, grantedMs, signal));
  let endsAtMs = askedAtMs + durationMs;
  const post = (path: string, more: object, { signal }: { readonly signal: AbortSignal }): Promise<OwnAnswer> =>
    client({ method: 'POST', path, body: JSON.stringify({ lease_id: id, ...more }) }, signal);
  return {
    durationMs,
    isRenewable: body['renewable'] === true,
    async renew(call) {
      const sinceMs = clock.monotonicMs();
      const renewed = await post(RENEW, { increment: Math.ceil(grantedMs / 1000) }, call);
      // Without the right to renew, the lease is as it was.
      if (renewed.status === 403) return Math.max(0, endsAtMs - sinceMs);
      if (renewed.status === 400) throw new SecretNotFoundError('SecretDoesNotExist', 'the lease has ended');
      if (!isSuccess(renewed)) throw toSecretError(renewed, { id: RENEW });
      const leaseMs = secondsAt(renewed.body ?? {}, 'lease_duration');
      endsAtMs = sinceMs + Math.min(leaseMs, await lifeOf(token, leaseMs, call.signal));
      return endsAtMs - sinceMs;
    },
    async giveBack(call) {
      const revoked = await post(REVOKE, {}, call);
      // 400: the store does not know it any more.
      if (!isSuccess(revoked) && revoked.status !== 400) throw toSecretError(revoked, { id: REVOKE });
    },
  };
}
