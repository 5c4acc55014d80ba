import { waitFor } from '../../core/abort.ts';
import type { Clock, Timer } from '../../core/clock.ts';
import { type DeadlineOptions, withDeadline } from '../../core/deadline.ts';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { NetworkError } from '../../core/errors/network-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import { SecretsError } from '../../core/errors/secrets-error.ts';
import type { Redacted } from '../../core/redacted.ts';
import type { AccessToken, TokenRequest } from './access-token.ts';
import type { AzureCredential } from './azure-credential.ts';
import { backoffMs } from '../../core/backoff.ts';

const MAX_RETRY_MS = 300_000;
// Long enough for the probe of a metadata service and two logins.
const REQUEST_TIMEOUT_MS = 10_000;
// A token must not end while the call that carries it is on its way.
const MIN_LEFT_MS = 5_000;
const MIN_DELAY_MS = 1_000;
const MIN_AGE_MS = 10_000;

export interface TokenKeeperOptions {
  readonly credential: AzureCredential;
  readonly clock: Clock;
  /** 0 to 1; spreads refreshes and retries of many pods. */
  readonly random: () => number;
  /** Told how each request for a token went. */
  readonly record: (outcome: 'success' | SecretsError) => void;
}

interface Refusal {
  readonly error: AuthenticationError;
  readonly proof: Redacted;
}

/** Our token at a service: one request at a time, refreshed in the background well before its end. */
export class TokenKeeper {
  readonly #options: TokenKeeperOptions;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  /** What the token was asked with, and when. */
  #request: TokenRequest | undefined;
  #sinceMs = 0;
  #token: AccessToken | undefined;
  #pending: { readonly request: TokenRequest; readonly token: Promise<AccessToken> } | undefined;
  #refusal: Refusal | undefined;
  #failures = 0;
  #retryAtMs = 0;
  #timer: Timer | undefined;

  constructor(options: TokenKeeperOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  /** Milliseconds until the token ends; undefined when there is none. */
  get expiresInMs(): number | undefined {
    return this.#token && Math.max(0, this.#token.expiresAtMs - this.#clock.monotonicMs());
  }

  /** Where the token comes from, in words for the operator; undefined when there is none. */
  get source(): string | undefined {
    return this.#token?.source;
  }

  /** A token that should work. Waits only when there is none; all who wait share one request. */
  async token(request: TokenRequest, signal: AbortSignal): Promise<AccessToken> {
    const token = this.#token;
    if (token !== undefined && this.#request?.resource === request.resource && this.#isFresh(token)) return token;
    return waitFor(this.#ask(request), signal);
  }

  /**
   * Another token than the one that was refused: one that someone else has got since, or a new one. The same comes back
   * when it was got a moment ago for the same claims: one more would be refused alike, and Entra not be asked in a loop.
   */
  async replace(refused: AccessToken, request: TokenRequest, signal: AbortSignal): Promise<AccessToken> {
    const held = this.#token;
    if (held !== undefined && held !== refused) return held;
    const isNew = this.#clock.monotonicMs() - this.#sinceMs < MIN_AGE_MS;
    const isAlike = request.claims === undefined || request.claims === this.#request?.claims;
    if (held !== undefined && isNew && isAlike) return held;
    this.#token = undefined;
    return waitFor(this.#ask(request), signal);
  }

  /** Ends timers and what is under way. May be called twice. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#closed.abort(closedError());
  }

  #isFresh(token: AccessToken): boolean {
    return token.expiresAtMs - MIN_LEFT_MS > this.#clock.monotonicMs();
  }

  #ask(request: TokenRequest): Promise<AccessToken> {
    if (this.#closed.signal.aborted) throw closedError();
    const pending = this.#pending;
    const isAnswered = request.claims === undefined || request.claims === pending?.request.claims;
    if (pending?.request.resource === request.resource && isAnswered) return pending.token;
    const token = this.#attempt(request).finally(() => {
      if (this.#pending?.token === token) this.#pending = undefined;
    });
    this.#pending = { request, token };
    return token;
  }

  async #attempt(request: TokenRequest): Promise<AccessToken> {
    const { credential } = this.#options;
    const proof = await credential.proof().catch((error: unknown) => this.#failed(error, request));
    this.#assertWorthATry(proof);
    try {
      const token = await withDeadline(this.#deadline(), (signal) => credential.requestToken(request, signal));
      this.#options.record('success');
      this.#accept(token, request);
      return token;
    } catch (error) {
      if (error instanceof AuthenticationError) this.#refusal = { error, proof };
      return this.#failed(error, request);
    }
  }

  #failed(error: unknown, request: TokenRequest): never {
    if (error instanceof SecretsError && !this.#closed.signal.aborted) {
      this.#options.record(error);
      this.#retryLater(request);
    }
    throw error;
  }

  /** Credentials that were refused are sent again only after the backoff, or when they have changed. */
  #assertWorthATry(proof: Redacted): void {
    const refusal = this.#refusal;
    if (refusal?.proof.expose() === proof.expose() && this.#clock.monotonicMs() < this.#retryAtMs)
      // A new one, for each caller adds what is its own.
      throw new AuthenticationError(refusal.error.code, refusal.error.message);
  }

  #accept(token: AccessToken, request: TokenRequest): void {
    this.#token = token;
    this.#request = request;
    this.#sinceMs = this.#clock.monotonicMs();
    this.#refusal = undefined;
    this.#failures = 0;
    const nowMs = this.#clock.monotonicMs();
    const dueMs = token.refreshAtMs ?? nowMs + (token.expiresAtMs - nowMs) * 0.9;
    this.#schedule(Math.max((dueMs - nowMs) * (1 - 0.1 * this.#options.random()), MIN_DELAY_MS), request);
  }

  #retryLater(request: TokenRequest): void {
    const delayMs = backoffMs(++this.#failures, MAX_RETRY_MS, this.#options.random);
    this.#retryAtMs = this.#clock.monotonicMs() + delayMs;
    this.#schedule(delayMs, request);
  }

  /** The old token stays in use until there is a new one. */
  #schedule(delayMs: number, { resource, tenantId }: TokenRequest): void {
    this.#timer?.cancel();
    if (this.#closed.signal.aborted) return;
    this.#timer = this.#clock.after(delayMs, () => {
      // What fails has been recorded and is tried again later.
      this.#ask({ resource, ...(tenantId !== undefined && { tenantId }) }).catch(() => undefined);
    });
  }

  #deadline(): DeadlineOptions {
    return { clock: this.#clock, timeoutMs: REQUEST_TIMEOUT_MS, onTimeout: timeoutError, parent: this.#closed.signal };
  }
}

const timeoutError = (): NetworkError =>
  new NetworkError('Timeout', 'no token in time: Entra or the metadata service did not answer');

const closedError = (): ProviderError =>
  new ProviderError('ProviderUnavailable', 'the connection to the store has been closed');
