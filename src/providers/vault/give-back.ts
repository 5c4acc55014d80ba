import { waitFor } from '../../core/abort.ts';
import type { Clock } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import type { TokenCalls } from './token-calls.ts';
import { hasEnded, type TokenLease } from './token-lease.ts';

export interface GiveBackOptions {
  readonly clock: Clock;
  readonly calls: TokenCalls;
  readonly timeoutMs: number;
  readonly leases: readonly TokenLease[];
  /** A login that is under way. */
  readonly coming: Promise<TokenLease> | undefined;
}

/**
 * Revokes tokens, side by side, so that a login that fails or hangs does not keep the others from being given back.
 * @throws what the first one failed with, after all have been tried.
 */
export async function giveBack({ clock, calls, timeoutMs, leases, coming }: GiveBackOptions): Promise<void> {
  if (leases.length === 0 && coming === undefined) return;
  await withDeadline({ clock, timeoutMs }, async (signal) => {
    const revoke = async (lease: TokenLease | undefined): Promise<void> => {
      // Batch tokens are kept nowhere and cannot be revoked.
      if (lease === undefined || lease.kind === 'batch' || hasEnded(lease, clock)) return;
      await calls.revokeSelf(lease.token, signal);
    };
    const fresh = waitFor(Promise.resolve(coming), signal).catch(() => undefined);
    const work = [...leases.map(revoke), fresh.then(revoke)];
    await Promise.allSettled(work);
    await Promise.all(work);
  });
}
