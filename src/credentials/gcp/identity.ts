import { waitFor } from '../../core/abort.ts';
import type { Timer } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import { isSecretsError, type SecretsError } from '../../core/errors/secrets-error.ts';
import type { ProviderTools } from '../../core/provider.ts';
import type { GcpCredentials, GcpIdentity } from './credentials.ts';
import { type Environment, variable } from '../../core/environment.ts';
import { findSource, type GcpAuth } from './find-source.ts';
import type { DetectionTools } from './metadata-detection.ts';
import type { AccessToken, SourceTools, TokenSource } from './token-source.ts';

export interface GcpIdentityOptions
  extends
    Pick<ProviderTools, 'clock' | 'recordIdentityCall'>,
    Pick<SourceTools, 'http' | 'localHttp' | 'log' | 'random' | 'universeDomain' | 'insecure' | 'allowExecutable'>,
    Pick<DetectionTools, 'isGoogleHost'> {
  readonly auth: GcpAuth;
  readonly env: Environment;
  /** Takes the place of what the environment or the credential says. */
  readonly quotaProject?: string | undefined;
  /** Told of every failure, those in the background included. */
  report(error: SecretsError): void;
}

// Finding, proving, exchanging and impersonating; the metadata server alone may take 8 s to start.
const LOGIN_TIMEOUT_MS = 15_000;
const REFRESH_AHEAD_MS = 5 * 60_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;

interface Held {
  readonly credentials: GcpCredentials;
  readonly isSelfSigned: boolean;
  /** On the monotonic clock; undefined when the issuer does not tell. */
  readonly endsAtMs: number | undefined;
}

/** Our identity at Google: one login at a time, renewed 5 minutes early in the background, replaced when it is refused. */
export class Identity implements GcpIdentity {
  readonly #options: GcpIdentityOptions;
  #held: Held | undefined;
  #login: Promise<Held> | undefined;
  #refused: { readonly error: AuthenticationError; readonly untilMs: number } | undefined;
  #timer: Timer | undefined;
  #failures = 0;
  #signsItself = true;
  #isClosed = false;

  constructor(options: GcpIdentityOptions) {
    this.#options = options;
  }

  get expiresInMs(): number | undefined {
    const endsAtMs = this.#held?.endsAtMs;
    return endsAtMs === undefined ? undefined : Math.max(0, endsAtMs - this.#nowMs);
  }

  async credentials(signal: AbortSignal): Promise<GcpCredentials> {
    const held = this.#held;
    if (held !== undefined && (held.endsAtMs ?? Infinity) > this.#nowMs) return held.credentials;
    return (await waitFor(this.#logIn(), signal)).credentials;
  }

  /** A token of our own making is replaced by one of the token endpoint: the key may be good and the way closed. */
  async replace(refused: GcpCredentials, signal: AbortSignal): Promise<GcpCredentials> {
    if (this.#held?.credentials === refused) {
      this.#signsItself = !this.#held.isSelfSigned;
      this.#held = undefined;
    }
    return this.credentials(signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  #logIn(): Promise<Held> {
    return (this.#login ??= this.#attempt().finally(() => {
      this.#login = undefined;
    }));
  }

  async #attempt(): Promise<Held> {
    if (this.#isClosed) throw new ProviderError('ProviderUnavailable', 'the connection to the store has been closed');
    if (this.#refused !== undefined && this.#nowMs < this.#refused.untilMs) throw this.#refused.error;
    try {
      const sinceMs = this.#nowMs;
      const { source, token } = await this.#fetch();
      this.#options.recordIdentityCall('success');
      return this.#accept(source, token, sinceMs);
    } catch (error) {
      if (isSecretsError(error)) this.#fail(error);
      throw error;
    }
  }

  #fetch(): Promise<{ readonly source: TokenSource; readonly token: AccessToken }> {
    const { auth, clock } = this.#options;
    const tools = { ...this.#options, signsItself: this.#signsItself };
    return withDeadline({ clock, timeoutMs: LOGIN_TIMEOUT_MS }, async (signal) => {
      const source = await findSource(auth, tools, signal);
      return { source, token: await source.token(signal) };
    });
  }

  #accept(source: TokenSource, answer: AccessToken, sinceMs: number): Held {
    const { env, quotaProject = variable(env, 'GOOGLE_CLOUD_QUOTA_PROJECT') ?? source.quotaProject } = this.#options;
    const account = answer.account ?? source.account;
    const { lifetimeMs } = answer;
    this.#held = {
      credentials: {
        token: answer.token,
        source: source.source,
        ...(account !== undefined && { account }),
        ...(source.projectId !== undefined && { projectId: source.projectId }),
        ...(quotaProject !== undefined && { quotaProject }),
      },
      isSelfSigned: answer.isSelfSigned === true,
      endsAtMs: lifetimeMs === undefined ? undefined : sinceMs + lifetimeMs,
    };
    this.#refused = undefined;
    this.#failures = 0;
    if (lifetimeMs !== undefined) this.#schedule(refreshDelayMs(lifetimeMs - (this.#nowMs - sinceMs)));
    return this.#held;
  }

  /** What is refused is not tried again at once: a wrong key in every pod would be a storm. */
  #fail(error: SecretsError): void {
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures++, MAX_RETRY_MS);
    if (error instanceof AuthenticationError) this.#refused = { error, untilMs: this.#nowMs + delayMs };
    this.#signsItself = true;
    this.#options.recordIdentityCall(error.code);
    this.#options.report(error);
    this.#schedule(delayMs);
  }

  #schedule(delayMs: number): void {
    this.#timer?.cancel();
    if (this.#isClosed) return;
    this.#timer = this.#options.clock.after(delayMs, () => {
      // What fails has been reported and is tried again later; the old token stays in use until there is a new one.
      this.#logIn().catch(() => undefined);
    });
  }
}

/** 5 minutes early; a token that lives for less than ten is renewed at the half of what is left. */
function refreshDelayMs(leftMs: number): number {
  return Math.max(leftMs > 2 * REFRESH_AHEAD_MS ? leftMs - REFRESH_AHEAD_MS : leftMs / 2, FIRST_RETRY_MS);
}
