import type { Clock } from '../../core/clock.ts';
import { backoffMs } from '../../core/backoff.ts';
import type { Grant } from './login-method.ts';

/** A token in use, and what is known of its end. */
export interface TokenLease extends Omit<Grant, 'leaseMs'> {
  /** Undefined when it never ends. On the monotonic clock. */
  readonly endsAtMs: number | undefined;
  /** Length of the lease that the login gave; a renewal that gives less has met the maximum. */
  readonly grantedMs: number;
}

const MIN_DELAY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

/** @param sinceMs when the store was asked, so that the lease never seems longer than it is. */
export function toTokenLease({ leaseMs, ...grant }: Grant, sinceMs: number): TokenLease {
  return { ...grant, endsAtMs: leaseMs === 0 ? undefined : sinceMs + leaseMs, grantedMs: leaseMs };
}

/** The lease after a renewal. When it has stopped growing, only a new login helps, so it is not renewable any more. */
export function extendTokenLease(lease: TokenLease, renewed: Grant, sinceMs: number): TokenLease {
  const isGrowing = renewed.leaseMs >= lease.grantedMs * 0.9;
  const extended = toTokenLease({ ...renewed, token: lease.token }, sinceMs);
  return { ...extended, grantedMs: lease.grantedMs, renewable: renewed.renewable && isGrowing };
}

export const hasEnded = (lease: TokenLease, clock: Clock): boolean =>
  lease.endsAtMs !== undefined && lease.endsAtMs <= clock.monotonicMs();

/** When to look after the lease: renewals at up to 2/3 of it, logins at 80 to 90 %. Undefined when it never ends. */
export function careDelayMs(lease: TokenLease, clock: Clock, random: () => number): number | undefined {
  if (lease.endsAtMs === undefined) return undefined;
  const share = lease.renewable ? (2 / 3) * (0.9 + 0.1 * random()) : 0.8 + 0.1 * random();
  return Math.max((lease.endsAtMs - clock.monotonicMs()) * share, MIN_DELAY_MS);
}

/** When to try a renewal again that failed; every 30 s at least, and sooner when the end is near. */
export function retryDelayMs(
  lease: TokenLease,
  failures: number,
  { clock, random }: { readonly clock: Clock; readonly random: () => number },
): number {
  const leftMs = (lease.endsAtMs ?? Infinity) - clock.monotonicMs();
  return Math.max(Math.min(backoffMs(failures, MAX_RETRY_MS, random), leftMs / 2), MIN_DELAY_MS);
}
