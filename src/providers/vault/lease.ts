import type { Clock } from '../../core/clock.ts';
import type { Redacted } from '../../core/redacted.ts';
import type { Grant } from './login-method.ts';

/** A token in use, and what is known of its end. */
export interface Lease {
  readonly token: Redacted;
  /** Undefined when it never ends. On the monotonic clock. */
  readonly endsAtMs: number | undefined;
  /** Length of the lease that the login gave; a renewal that gives less has met the maximum. */
  readonly grantedMs: number;
  readonly renewable: boolean;
}

const MIN_DELAY_MS = 1_000;
// Timers of Node.js fire at once beyond 2^31 ms (24.8 days), and Vault's default lease is 32 days.
const MAX_DELAY_MS = 20 * 86_400_000;

/** @param sinceMs when the store was asked, so that the lease never seems longer than it is. */
export function toLease({ token, leaseMs, renewable }: Grant, sinceMs: number): Lease {
  return { token, endsAtMs: leaseMs === 0 ? undefined : sinceMs + leaseMs, grantedMs: leaseMs, renewable };
}

/** The lease after a renewal. When it has stopped growing, only a new login helps, so it is not renewable any more. */
export function extendLease(lease: Lease, renewed: Grant, sinceMs: number): Lease {
  const isGrowing = renewed.leaseMs >= lease.grantedMs * 0.9;
  const extended = toLease({ ...renewed, token: lease.token }, sinceMs);
  return { ...extended, grantedMs: lease.grantedMs, renewable: renewed.renewable && isGrowing };
}

export const hasEnded = (lease: Lease, clock: Clock): boolean =>
  lease.endsAtMs !== undefined && lease.endsAtMs <= clock.monotonicMs();

/** When to look after the lease: renewals at up to 2/3 of it, logins at 80 to 90 %. Undefined when it never ends. */
export function careDelayMs(lease: Lease, clock: Clock, random: () => number): number | undefined {
  if (lease.endsAtMs === undefined) return undefined;
  const share = lease.renewable ? (2 / 3) * (0.9 + 0.1 * random()) : 0.8 + 0.1 * random();
  const delayMs = (lease.endsAtMs - clock.monotonicMs()) * share;
  return Math.min(Math.max(delayMs, MIN_DELAY_MS), MAX_DELAY_MS);
}
