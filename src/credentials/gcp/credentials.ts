import type { Redacted } from '../../core/redacted.ts';

/** A bearer token, and whose it is. */
export interface GcpCredentials {
  readonly token: Redacted;
  /** Where it comes from, in words for the operator, such as `the service account key of 'GOOGLE_APPLICATION_CREDENTIALS'`. */
  readonly source: string;
  /** The e-mail address of the service account, where it is known. */
  readonly account?: string;
  /** The project that the credential belongs to, where it tells. */
  readonly projectId?: string;
  /** The project that calls are billed to, where it is not the secret's own. */
  readonly quotaProject?: string;
}

/** Our identity at Google: a token that is fetched when first needed and renewed before it expires. */
export interface GcpIdentity {
  /**
   * Credentials that are good now. Waits only when there are none.
   * @throws AuthenticationError, and the transient errors of the service that hands them out.
   */
  credentials(signal: AbortSignal): Promise<GcpCredentials>;

  /** Others than those that were refused just now; one login at a time, whoever asks. */
  replace(refused: GcpCredentials, signal: AbortSignal): Promise<GcpCredentials>;

  /** Milliseconds until the token expires; undefined when there is none yet, or it does not tell. */
  readonly expiresInMs: number | undefined;

  /** Ends timers. May be called twice. */
  close(): Promise<void>;
}
