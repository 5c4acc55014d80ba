import { waitFor } from '../../core/abort.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import { SecretsError } from '../../core/errors/secrets-error.ts';
import type { ProviderTools } from '../../core/provider.ts';
import type { Redacted } from '../../core/redacted.ts';
import { backoffMs } from './backoff.ts';
import type { InstanceLog } from './instance-log.ts';
import { careDelayMs, extendLease, hasEnded, toLease, type Lease } from './lease.ts';
import type { LoginMethod } from './login-method.ts';
import type { TokenCalls } from './token-calls.ts';

const CALL_TIMEOUT_MS = 5_000;

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
  readonly #lookUps = new Map<Redacted, Promise<boolean>>();
  #lease: Lease | undefined;
  #login: Promise<Lease> | undefined;
  #refused: { readonly error: AuthenticationError; readonly credentials: Redacted } | undefined;
  #timer: Timer | undefined;
  #retryAtMs = 0;
  #failures = 0;
  #closing: Promise<void> | undefined;

  constructor(options: IdentityOptions) {
    this.#options = options;
    this.#clock = options.tools.clock;
  }

  /** Milliseconds until the token ends; undefined when it never does or there is none. */
  get expiresInMs(): number | undefined {
    const endsAtMs = this.#lease?.endsAtMs;
    return endsAtMs === undefined ? undefined : Math.max(0, endsAtMs - this.#clock.monotonicMs());
  }

  /** A token that should work. Logs in when there is none; all who wait share one login. */
  async token(signal: AbortSignal): Promise<Redacted> {
    const lease = this.#lease;
    if (lease !== undefined && !hasEnded(lease, this.#clock)) return lease.token;
    return (await waitFor(this.#logIn(), signal)).token;
  }

  /** Another token than the one that was found dead: that of a login which someone else has done since, or a new one. */
  async replace(dead: Redacted, signal: AbortSignal): Promise<Redacted> {
    if (this.#lease?.token === dead) {
      this.#lease = undefined;
      this.#cancelTimer();
    }
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

  /** Resolves when the store accepts us; a dead token is replaced first. */
  async verify(signal: AbortSignal): Promise<void> {
    const token = await this.token(signal);
    if (!(await this.isAlive(token, signal))) await this.replace(token, signal);
  }

  /** Ends timers and gives back a token that was made for us. A store that does not answer delays it by 5 s at most. */
  close(): Promise<void> {
    return (this.#closing ??= this.#giveBack());
  }

  async #giveBack(): Promise<void> {
    this.#cancelTimer();
    const { method, revokeOnShutdown } = this.#options;
    if (!method.ownsToken || !revokeOnShutdown) return;
    const [lease, login] = [this.#lease, this.#login];
    if (lease === undefined && login === undefined) return;
    try {
      await withDeadline({ clock: this.#clock, timeoutMs: CALL_TIMEOUT_MS }, async (signal) => {
        // Side by side, so that a login that fails or hangs does not keep the old token from being given back.
        const coming = waitFor(Promise.resolve(login), signal).catch(() => undefined);
        const work = [this.#revoke(lease, signal), coming.then((fresh) => this.#revoke(fresh, signal))];
        await Promise.allSettled(work);
        await Promise.all(work);
      });
    } catch {
      this.#options.log.warn('the token was not given back and lives on until its lease ends');
    }
  }

  async #revoke(lease: Lease | undefined, signal: AbortSignal): Promise<void> {
    if (lease !== undefined && !hasEnded(lease, this.#clock)) await this.#options.calls.revokeSelf(lease.token, signal);
  }

  #logIn(): Promise<Lease> {
    if (this.#closing !== undefined)
      throw new ProviderError('ProviderUnavailable', 'the connection to the store has been closed');
    return (this.#login ??= this.#attempt().finally(() => {
      this.#login = undefined;
    }));
  }

  async #attempt(): Promise<Lease> {
    let credentials: Redacted | undefined;
    try {
      const read = (credentials = await this.#options.method.readCredentials());
      this.#assertWorthATry(read);
      const sinceMs = this.#clock.monotonicMs();
      const grant = await this.#counted((signal) => this.#options.method.login(read, signal));
      this.#refused = undefined;
      this.#options.log.clear();
      return this.#accept(toLease(grant, sinceMs));
    } catch (error) {
      if (error instanceof AuthenticationError && credentials !== undefined) this.#refused = { error, credentials };
      if (error instanceof SecretsError) this.#options.log.report(error);
      this.#retryLater();
      throw error;
    }
  }

  /** Credentials that were refused are sent again only after the backoff: Vault locks a role after some failures. */
  #assertWorthATry(credentials: Redacted): void {
    const refused = this.#refused;
    if (refused?.credentials.expose() === credentials.expose() && this.#clock.monotonicMs() < this.#retryAtMs)
      throw refused.error;
  }

  #accept(lease: Lease): Lease {
    this.#lease = lease;
    this.#failures = 0;
    const delayMs = careDelayMs(lease, this.#clock, this.#options.random);
    this.#cancelTimer();
    if (delayMs !== undefined) this.#schedule(delayMs);
    return lease;
  }

  #schedule(delayMs: number): void {
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

  #retryLater(): void {
    if (this.#timer !== undefined) return;
    const delayMs = backoffMs(++this.#failures, this.#options.random);
    this.#retryAtMs = this.#clock.monotonicMs() + delayMs;
    this.#schedule(delayMs);
  }

  /** The old token stays in use until there is a new one. */
  async #care(): Promise<void> {
    const lease = this.#lease;
    if (lease === undefined || !lease.renewable || hasEnded(lease, this.#clock)) {
      await this.#logIn();
      return;
    }
    try {
      const sinceMs = this.#clock.monotonicMs();
      const renewed = await this.#counted((signal) => this.#options.calls.renewSelf(lease.token, signal));
      if (this.#lease === lease) this.#accept(extendLease(lease, renewed, sinceMs));
    } catch (error) {
      if (!(error instanceof AuthenticationError)) {
        this.#options.log.warn('the token could not be renewed and is tried again');
        this.#retryLater();
        return;
      }
      this.#options.log.warn('the store did not renew the token; logging in anew');
      await this.#logIn();
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
