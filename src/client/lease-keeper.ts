import type { CacheEntry } from '../cache/cache-entry.ts';
import type { Clock } from '../core/clock.ts';
import { withDeadline } from '../core/deadline.ts';
import { SecretNotFoundError } from '../core/errors/secret-not-found-error.ts';
import type { Log } from '../core/log.ts';
import type { SecretProvider } from '../core/provider.ts';
import type { SecretLease } from '../core/secret.ts';
import type { Stop } from './router.ts';
import type { StoreCalls } from './store-calls.ts';

export interface LeaseKeeperOptions {
  readonly clock: Clock;
  readonly calls: StoreCalls;
  readonly log: Log;
  /** How long a lease that was replaced is left to those who still use it. */
  readonly gracePeriodMs: number;
}

interface Held {
  readonly stop: Stop;
  readonly lease: SecretLease;
  endsAtMs: number;
  /** Another has taken its place; monotonic. */
  giveBackAtMs?: number;
}

const CLOSE_TIMEOUT_MS = 5_000;
// A renewal that gives less than this share of the first lease has met the maximum; stores count whole seconds.
const WORTHWHILE_SHARE = 0.9;
const ROUNDING_MS = 1_000;

/** What stores have lent us, from the answer to the end: renewed while it is read, given back when it is not needed. */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #held = new Set<Held>();

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /** A value was lent. */
  hold(stop: Stop, { secret: { lease }, expiresAtMs }: CacheEntry): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const held of this.#held) if (held.endsAtMs <= nowMs) this.#held.delete(held);
    if (lease !== undefined) this.#held.add({ stop, lease, endsAtMs: expiresAtMs });
  }

  /** Takes over what another was lent by these providers. */
  adopt(other: LeaseKeeper, providers: ReadonlySet<SecretProvider>): void {
    for (const held of other.#held) {
      if (!providers.has(held.stop.source.provider)) continue;
      this.#held.add(held);
      other.#held.delete(held);
      this.#giveBackLater(held);
    }
  }

  /**
   * Asks for a longer lease.
   * @returns false when only a new one helps.
   * @throws the transient errors; the lease is as it was.
   */
  async renew(stop: Stop, entry: CacheEntry): Promise<boolean> {
    const { lease } = entry.secret;
    if (lease?.isRenewable !== true) return false;
    const askedAtMs = this.#options.clock.monotonicMs();
    const leaseMs = await this.#renew(stop, lease);
    const endsAtMs = askedAtMs + leaseMs;
    entry.extendLease(endsAtMs);
    for (const held of this.#held) if (held.lease === lease) held.endsAtMs = endsAtMs;
    return leaseMs >= Math.min(lease.durationMs * WORTHWHILE_SHARE, lease.durationMs - ROUNDING_MS);
  }

  /** Another lease has taken its place. */
  replaced({ secret: { lease } }: CacheEntry): void {
    const { clock, gracePeriodMs } = this.#options;
    for (const held of this.#held) {
      if (held.lease !== lease) continue;
      held.giveBackAtMs = clock.monotonicMs() + gracePeriodMs;
      this.#giveBackLater(held);
    }
  }

  /** Gives back everything that is still lent. A store that does not answer delays it by 5 s at most. */
  async close(): Promise<void> {
    const { clock, log } = this.#options;
    const leases = this.#held.size;
    if (leases === 0) return;
    try {
      await withDeadline({ clock, timeoutMs: CLOSE_TIMEOUT_MS }, async (signal) => {
        await Promise.all([...this.#held].map((held) => this.#giveBack(held, signal)));
      });
    } catch {
      log.warn({ leases }, 'leases were not given back in time and end by themselves');
    }
  }

  async #renew(stop: Stop, lease: SecretLease): Promise<number> {
    try {
      return await this.#options.calls.ask({
        source: stop.source,
        name: 'lease',
        subject: stop.location.id,
        isBackground: true,
        run: (call) => lease.renew(call),
      });
    } catch (error) {
      if (error instanceof SecretNotFoundError) return 0;
      throw error;
    }
  }

  #giveBackLater(held: Held): void {
    const { clock } = this.#options;
    if (held.giveBackAtMs === undefined) return;
    const delayMs = Math.max(0, held.giveBackAtMs - clock.monotonicMs());
    clock.after(delayMs, () => void this.#giveBack(held, new AbortController().signal));
  }

  async #giveBack(held: Held, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    if (!this.#held.delete(held) || held.endsAtMs <= clock.monotonicMs()) return;
    const { source, location } = held.stop;
    try {
      await withDeadline({ clock, timeoutMs: CLOSE_TIMEOUT_MS, parent: signal }, (inTime) =>
        held.lease.giveBack({ signal: inTime }),
      );
    } catch (err) {
      log.warn(
        { provider: source.label, secret_path: location.id, err },
        'a lease was not given back and ends by itself',
      );
    }
  }
}
