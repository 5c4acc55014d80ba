import { SecretNotFoundError } from '../../src/core/errors/secret-not-found-error.ts';
import type { Secret } from '../../src/core/secret.ts';
import type { FakeClock } from '../fakes/fake-clock.ts';
import type { FakeProvider } from '../fakes/fake-provider.ts';
import { textSecret } from '../fakes/secrets.ts';

/** One value that was lent, as the store sees it. */
interface Lent {
  readonly value: string;
  endsAtMs: number;
  renewals: number;
  isGivenBack: boolean;
}

/** Makes a provider lend its values: `lent 1`, `lent 2` and so on, each for `leaseMs`. */
export class LendingStore {
  readonly lent: Lent[] = [];
  isRenewable = true;
  leaseMs = 60_000;
  /** No lease lives longer than that. */
  maxMs = Infinity;
  /** What renewals fail with. */
  renewalError: Error | undefined;
  /** What a renewal waits for. */
  renewalGate: Promise<void> = Promise.resolve();
  /** What giving back waits for, or fails with. */
  onGiveBack: () => Promise<void> = () => Promise.resolve();
  readonly #clock: FakeClock;

  constructor(provider: FakeProvider, clock: FakeClock) {
    this.#clock = clock;
    provider.onGet = () => this.#lend();
  }

  /** The values of which the store thinks that somebody uses them. */
  get alive(): readonly string[] {
    const nowMs = this.#clock.monotonicMs();
    return this.lent.filter((each) => !each.isGivenBack && nowMs < each.endsAtMs).map(({ value }) => value);
  }

  #lend(): Secret {
    const bornMs = this.#clock.monotonicMs();
    const value = `lent ${this.lent.length + 1}`;
    const lent: Lent = { value, endsAtMs: bornMs + this.leaseMs, renewals: 0, isGivenBack: false };
    this.lent.push(lent);
    const renew = async (): Promise<number> => {
      await this.renewalGate;
      if (this.renewalError !== undefined) throw this.renewalError;
      const nowMs = this.#clock.monotonicMs();
      if (lent.isGivenBack || nowMs >= lent.endsAtMs) throw new SecretNotFoundError('SecretDoesNotExist', 'no lease');
      lent.renewals++;
      lent.endsAtMs = Math.min(nowMs + this.leaseMs, bornMs + this.maxMs);
      return lent.endsAtMs - nowMs;
    };
    const giveBack = async (): Promise<void> => {
      await this.onGiveBack();
      lent.isGivenBack = true;
    };
    const lease = { durationMs: this.leaseMs, isRenewable: this.isRenewable, renew, giveBack };
    return textSecret(value, { version: value, lease });
  }
}
