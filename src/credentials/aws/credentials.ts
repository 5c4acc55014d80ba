import type { Redacted } from '../../core/redacted.ts';

/** A key pair to sign with. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: Redacted;
  /** Only of temporary credentials; it must be signed, too. */
  readonly sessionToken?: Redacted;
  /** On the wall clock; absent when they do not expire. */
  readonly expiresAt?: Date;
  /** Where they come from, in words for the operator, such as `the environment` or `profile 'shop'`. */
  readonly source: string;
}

/** Our identity at AWS: credentials that are fetched when first needed and renewed before they expire. */
export interface AwsIdentity {
  /**
   * Credentials that are good now. Waits only when there are none.
   * @throws AuthenticationError, and the transient errors of the service that hands them out.
   */
  credentials(signal: AbortSignal): Promise<AwsCredentials>;

  /** Others than those that AWS has just called expired or unknown; one refresh at a time, whoever asks. */
  replace(refused: AwsCredentials, signal: AbortSignal): Promise<AwsCredentials>;

  /** Milliseconds until the credentials expire; undefined when they do not, or there are none yet. */
  readonly expiresInMs: number | undefined;

  /** Ends timers. May be called twice. */
  close(): Promise<void>;
}
