import { waitFor } from '../../core/abort.ts';
import { backoffMs } from '../../core/backoff.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import { isSecretsError } from '../../core/errors/secrets-error.ts';
import type { Log } from '../../core/log.ts';
import type { ClockSkew } from './clock-skew.ts';
import type { AwsCredentials, AwsIdentity } from './credentials.ts';
import { refreshDelayMs } from './refresh-delay.ts';

// Of a whole way through the chain: a role by a role by a metadata service, each with its retries.
const REFRESH_TIMEOUT_MS = 60_000;
const MAX_RETRY_MS = 30_000;
// Between two replacements of refused credentials: AWS may refuse the new ones for another reason.
const MIN_REPLACE_MS = 10_000;

export interface RefreshingIdentityOptions {
  readonly clock: Clock;
  readonly skew: ClockSkew;
  readonly log: Log;
  /** 0 to 1; spreads retries. */
  readonly random: () => number;
  /** Reads credentials anew. */
  readonly read: (signal: AbortSignal) => Promise<AwsCredentials>;
}

/** Holds credentials and renews them five minutes early, in the background, one refresh at a time. */
export class RefreshingIdentity implements AwsIdentity {
  readonly #options: RefreshingIdentityOptions;
  readonly #closing = new AbortController();
  #held: AwsCredentials | undefined;
  #refresh: Promise<AwsCredentials> | undefined;
  #timer: Timer | undefined;
  #failures = 0;
  #replacedAtMs = -Infinity;
  /** The last failure, which stands until then: the sources are not asked for every read. On the monotonic clock. */
  #failure: { readonly error: unknown; readonly untilMs: number } | undefined;

  constructor(options: RefreshingIdentityOptions) {
    this.#options = options;
  }

  get expiresInMs(): number | undefined {
    const left = this.#leftMs();
    return left === undefined ? undefined : Math.max(0, left);
  }

  async credentials(signal: AbortSignal): Promise<AwsCredentials> {
    const held = this.#held;
    if (held !== undefined && (this.#leftMs() ?? 1) > 0) return held;
    return waitFor(this.#renew(), signal);
  }

  async replace(refused: AwsCredentials, signal: AbortSignal): Promise<AwsCredentials> {
    const held = this.#held;
    if (held !== undefined && !isSame(held, refused)) return held;
    const { clock } = this.#options;
    if (clock.monotonicMs() - this.#replacedAtMs < MIN_REPLACE_MS) throw refusalOf(refused);
    const fresh = await waitFor(this.#renew(), signal);
    this.#replacedAtMs = clock.monotonicMs();
    if (isSame(fresh, refused)) throw refusalOf(refused);
    return fresh;
  }

  close(): Promise<void> {
    this.#cancelTimer();
    this.#closing.abort(closedError());
    return Promise.resolve();
  }

  #leftMs(): number | undefined {
    const endsAtMs = this.#held?.expiresAt?.getTime();
    return endsAtMs === undefined ? undefined : endsAtMs - this.#options.skew.nowMs;
  }

  async #renew(): Promise<AwsCredentials> {
    const failure = this.#failure;
    if (failure !== undefined && this.#options.clock.monotonicMs() < failure.untilMs) throw failure.error;
    return this.#start();
  }

  /** All who wait share one refresh. */
  #start(): Promise<AwsCredentials> {
    return (this.#refresh ??= this.#attempt().finally(() => {
      this.#refresh = undefined;
    }));
  }

  async #attempt(): Promise<AwsCredentials> {
    const { clock, read, skew } = this.#options;
    const parent = this.#closing.signal;
    try {
      const fresh = await withDeadline({ clock, timeoutMs: REFRESH_TIMEOUT_MS, parent }, read);
      if (fresh.expiresAt !== undefined && fresh.expiresAt.getTime() <= skew.nowMs)
        throw new AuthenticationError('ExpiredCredentials', `the credentials have expired already: ${fresh.source}`);
      return this.#accept(fresh);
    } catch (error) {
      this.#retryLater(error);
      throw error;
    }
  }

  #accept(fresh: AwsCredentials): AwsCredentials {
    if (this.#failures > 0) this.#options.log.info({}, 'the credentials for AWS were renewed');
    this.#held = fresh;
    this.#failures = 0;
    this.#failure = undefined;
    const left = this.#leftMs();
    if (left === undefined) this.#cancelTimer();
    else this.#schedule(refreshDelayMs(left));
    return fresh;
  }

  #retryLater(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    const { clock, log, random } = this.#options;
    const delayMs = backoffMs(++this.#failures, MAX_RETRY_MS, random);
    this.#failure = { error, untilMs: clock.monotonicMs() + delayMs };
    if (this.#failures === 1 && isSecretsError(error))
      log.warn({ error: error.category, code: error.code }, `no new credentials for AWS: ${error.message}`);
    // Without any there is nobody to renew them for until someone asks.
    if (this.#held !== undefined) this.#schedule(delayMs);
  }

  #schedule(delayMs: number): void {
    this.#cancelTimer();
    if (this.#closing.signal.aborted) return;
    this.#timer = this.#options.clock.after(delayMs, () => {
      this.#timer = undefined;
      // What fails has been logged and is tried again later.
      this.#start().catch(() => undefined);
    });
  }

  #cancelTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}

const closedError = (): ProviderError =>
  new ProviderError('ProviderUnavailable', 'the connection to the store has been closed');

const refusalOf = ({ source }: AwsCredentials): AuthenticationError =>
  new AuthenticationError(
    'ExpiredCredentials',
    `AWS does not accept the credentials, and there are no others: ${source}`,
  );

const isSame = (a: AwsCredentials, b: AwsCredentials): boolean =>
  a.accessKeyId === b.accessKeyId && a.sessionToken?.expose() === b.sessionToken?.expose();
