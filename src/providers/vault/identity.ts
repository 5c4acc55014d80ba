import { waitFor } from '../../core/abort.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import { SecretsError } from '../../core/errors/secrets-error.ts';
import type { ProviderTools } from '../../core/provider.ts';
import type { Redacted } from '../../core/redacted.ts';
import { refusedAtOnce } from './errors.ts';
import { giveBack } from './give-back.ts';
import type { InstanceLog } from '../../core/instance-log.ts';
import { LoginBackoff } from './login-backoff.ts';
import type { LoginMethod } from './login-method.ts';
import { repeat } from './repeat.ts';
import type { TokenCalls } from './token-calls.ts';
import { careDelayMs, extendTokenLease, hasEnded, retryDelayMs, toTokenLease, type TokenLease } from './token-lease.ts';

const CALL_TIMEOUT_MS = 5_000;
const WATCH_MS = 1_000;
/** A token that is dead so soon after its login was never good for anything. */
const QUICK_DEATH_MS = 1_000;
/** The share of its first length below which a lease is renewed for the sake of what is to be lent to it. */
const WORTH_RENEWING = 0.9;

export interface IdentityOptions {
  readonly method: LoginMethod;
  readonly calls: TokenCalls;
  readonly tools: ProviderTools;
  readonly log: InstanceLog;
  readonly revokeOnShutdown: boolean;
  /** 0 to 1; spreads renewals and retries of many pods. */
  readonly random: () => number;
}

/** Our token at the store: one login at a time, renewed in the background, replaced when it dies. */
export class Identity {
  readonly #options: IdentityOptions;
  readonly #clock: Clock;
  readonly #backoff: LoginBackoff;
  readonly #lookUps = new Map<Redacted, Promise<boolean>>();
  #lease: TokenLease | undefined;
  /** Replaced while they were good: calls under way may still use them, and what they leased lives as long as they do. */
  #retired: readonly TokenLease[] = [];
  #login: Promise<TokenLease> | undefined;
  #renewal: Promise<void> | undefined;
  /** What the last login that worked was given, and when. */
  #used: Redacted | undefined;
  #loggedInAtMs = 0;
  #quickDeaths = 0;
  #renewalFailures = 0;
  #timer: Timer | undefined;
  #watch: Timer | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: IdentityOptions) {
    this.#options = options;
    this.#clock = options.tools.clock;
    this.#backoff = new LoginBackoff(this.#clock, options.random);
  }

  /** How we log in. */
  get method(): Pick<LoginMethod, 'name' | 'ownsToken'> {
    return this.#options.method;
  }

  /** Milliseconds until the token ends; undefined when it never does or there is none. */
  get expiresInMs(): number | undefined {
    const endsAtMs = this.#lease?.endsAtMs;
    return endsAtMs === undefined ? undefined : Math.max(0, endsAtMs - this.#clock.monotonicMs());
  }

  /** A token that should work. Logs in when there is none; all who wait share one login. */
  async token(signal: AbortSignal): Promise<Redacted> {
    return (await this.#current(signal)).token;
  }

  /** Another token than the one that was found dead: that of a login which someone else has done since, or a new one. */
  async replace(dead: Redacted, signal: AbortSignal): Promise<Redacted> {
    if (this.#lease?.token === dead) this.#bury();
    return this.token(signal);
  }

  /** Asks the store whether the token still lives: its answer to a call cannot tell a dead token from a refusal. */
  async isAlive(token: Redacted, signal: AbortSignal): Promise<boolean> {
    if (this.#lease?.token !== token) return false;
    let lookUp = this.#lookUps.get(token);
    if (lookUp === undefined) {
      lookUp = this.#lookUp(token).finally(() => this.#lookUps.delete(token));
      this.#lookUps.set(token, lookUp);
    }
    return waitFor(lookUp, signal);
  }

  /**
   * Milliseconds until a token of ours ends, and with it all that the store has lent to it. Where that is sooner than
   * wished, the token is renewed first, if that helps; a renewal that fails is logged.
   */
  async lifeOf(token: Redacted, wishMs: number, signal: AbortSignal): Promise<number> {
    const lease = this.#lease;
    const isShort = lease?.token === token && this.#lifeOf(token) < Math.min(wishMs, lease.grantedMs * WORTH_RENEWING);
    if (isShort && lease.renewable)
      await waitFor(
        this.#renew(lease).catch(() => undefined),
        signal,
      );
    return this.#lifeOf(token);
  }

  /** Gives the lease of a token that the store accepts; a dead one is replaced first. */
  async verify(signal: AbortSignal): Promise<TokenLease> {
    const { token } = await this.#current(signal);
    if (!(await this.isAlive(token, signal))) await this.replace(token, signal);
    return this.#current(signal);
  }

  /** Ends timers and gives back tokens that were made for us. A store that does not answer delays it by 5 s at most. */
  close(): Promise<void> {
    return (this.#closing ??= this.#giveBack());
  }

  async #giveBack(): Promise<void> {
    this.#cancelTimer();
    this.#watch?.cancel();
    const { method, revokeOnShutdown } = this.#options;
    if (method.ownsToken && revokeOnShutdown) await this.#revokeAll();
    await method.close?.();
  }

  async #revokeAll(): Promise<void> {
    const { calls, log } = this.#options;
    const leases = [...(this.#lease === undefined ? [] : [this.#lease]), ...this.#retired];
    try {
      await giveBack({ clock: this.#clock, calls, timeoutMs: CALL_TIMEOUT_MS, leases, coming: this.#login });
    } catch {
      log.warn('the token was not given back and lives on until its lease ends');
    }
  }

  async #current(signal: AbortSignal): Promise<TokenLease> {
    const lease = this.#lease;
    return lease !== undefined && !hasEnded(lease, this.#clock) ? lease : waitFor(this.#logIn(), signal);
  }

  #logIn(): Promise<TokenLease> {
    if (this.#closing !== undefined)
      throw new ProviderError('ProviderUnavailable', 'the connection to the store has been closed');
    if (this.#options.method.isWatched)
      this.#watch ??= repeat(this.#clock, WATCH_MS, () => this.#useChangedCredentials());
    return (this.#login ??= this.#attempt().finally(() => {
      this.#login = undefined;
    }));
  }

  async #attempt(): Promise<TokenLease> {
    const { method, log } = this.#options;
    const credentials = await method.readCredentials().catch((error: unknown) => {
      throw this.#failed(error);
    });
    this.#backoff.assertMayTry(credentials);
    try {
      const sinceMs = this.#clock.monotonicMs();
      const grant = await this.#counted((signal) => method.login(credentials, signal));
      log.clear();
      return this.#welcome(toTokenLease(grant, sinceMs), credentials);
    } catch (error) {
      throw this.#failed(error, credentials);
    }
  }

  /** Plans the next login, and passes the error of this one on. */
  #failed(error: unknown, credentials?: Redacted): unknown {
    if (!(error instanceof SecretsError)) return error;
    this.#options.log.report(error);
    const delayMs = this.#backoff.failed(error, credentials);
    if (this.#timer === undefined) this.#schedule(delayMs);
    return error;
  }

  #welcome(lease: TokenLease, credentials: Redacted): TokenLease {
    const known = this.#lease === undefined ? this.#retired : [this.#lease, ...this.#retired];
    this.#retired = known.filter((old) => !hasEnded(old, this.#clock));
    this.#used = credentials;
    this.#loggedInAtMs = this.#clock.monotonicMs();
    this.#backoff.succeeded();
    return this.#accept(lease);
  }

  #accept(lease: TokenLease): TokenLease {
    this.#lease = lease;
    this.#renewalFailures = 0;
    const delayMs = careDelayMs(lease, this.#clock, this.#options.random);
    if (delayMs === undefined) this.#cancelTimer();
    else this.#schedule(delayMs);
    return lease;
  }

  /** A dead token is replaced at once, but not time and again: a store may forget what it has just given. */
  #bury(): void {
    this.#lease = undefined;
    this.#cancelTimer();
    const isQuick = this.#clock.monotonicMs() - this.#loggedInAtMs < QUICK_DEATH_MS;
    this.#quickDeaths = isQuick ? this.#quickDeaths + 1 : 0;
    if (this.#quickDeaths > 1) this.#failed(refusedAtOnce(), this.#used);
  }

  #lifeOf(token: Redacted): number {
    const lease = [this.#lease, ...this.#retired].find((one) => one?.token === token);
    return lease === undefined ? 0 : Math.max(0, (lease.endsAtMs ?? Infinity) - this.#clock.monotonicMs());
  }

  #schedule(delayMs: number): void {
    this.#cancelTimer();
    if (this.#closing !== undefined) return;
    this.#timer = this.#clock.after(delayMs, () => {
      this.#timer = undefined;
      // What fails has been logged and is tried again later.
      this.#care().catch(() => undefined);
    });
  }

  #cancelTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** The old token stays in use until there is a new one. */
  async #care(): Promise<void> {
    this.#backoff.open();
    const lease = this.#lease;
    if (lease === undefined || !lease.renewable || hasEnded(lease, this.#clock)) await this.#logIn();
    else await this.#renew(lease);
  }

  #renew(lease: TokenLease): Promise<void> {
    return (this.#renewal ??= this.#tryRenewal(lease).finally(() => {
      this.#renewal = undefined;
    }));
  }

  async #tryRenewal(lease: TokenLease): Promise<void> {
    try {
      const sinceMs = this.#clock.monotonicMs();
      const renewed = await this.#counted((signal) => this.#options.calls.renewSelf(lease.token, signal));
      if (this.#lease === lease) this.#accept(extendTokenLease(lease, renewed, sinceMs));
    } catch (error) {
      if (this.#lease === lease) await this.#goOnWithout(lease, error);
    }
  }

  /** Decides what follows a renewal that failed. */
  async #goOnWithout(lease: TokenLease, error: unknown): Promise<void> {
    const { log, random } = this.#options;
    if (!(error instanceof AuthenticationError)) {
      log.warn('the token could not be renewed and is tried again');
      this.#schedule(retryDelayMs(lease, ++this.#renewalFailures, { clock: this.#clock, random }));
    } else if (error.code === 'InsufficientPermissions') {
      log.warn(
        "the token may not renew itself, for want of the policy 'default'; a new login replaces it near its end",
      );
      this.#accept({ ...lease, renewable: false });
    } else {
      log.warn('the store did not renew the token; logging in anew');
      await this.#logIn();
    }
  }

  async #useChangedCredentials(): Promise<void> {
    try {
      const found = await this.#options.method.readCredentials();
      if (found.expose() !== this.#used?.expose()) await this.#logIn();
    } catch {
      // A file that is being replaced is no change, and a login that fails has been logged.
    }
  }

  async #lookUp(token: Redacted): Promise<boolean> {
    try {
      await this.#counted((signal) => this.#options.calls.lookupSelf(token, signal));
      return true;
    } catch (error) {
      if (error instanceof AuthenticationError) return false;
      throw error;
    }
  }

  async #counted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { tools } = this.#options;
    try {
      const result = await withDeadline({ clock: this.#clock, timeoutMs: CALL_TIMEOUT_MS }, work);
      tools.recordIdentityCall('success');
      return result;
    } catch (error) {
      if (error instanceof SecretsError) tools.recordIdentityCall(error.code);
      throw error;
    }
  }
}
