import type { Call } from './call.ts';
import type { Redacted } from './redacted.ts';

/** What is known of a secret besides its value. Only the name is certain: a field the store did not send is absent. */
export interface SecretMetadata {
  /** The secret's name in the store. */
  readonly name: string;
  /** The store's full identifier, where it has one. */
  readonly arn?: string;
  readonly description?: string;
  readonly currentVersion?: string;
  /** Stages or labels of the current version. */
  readonly stages?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  /** The copy of the store that answered, where it has several. */
  readonly region?: string;
  readonly rotationEnabled?: boolean;
  readonly nextRotation?: Date;
  readonly createdAt?: Date;
  readonly updatedAt?: Date;
  readonly lastAccessed?: Date;
}

/** A value that the store lends for a time and takes back, such as a database account made for us. */
export interface SecretLease {
  /** Milliseconds from the answer to its end. */
  readonly durationMs: number;
  readonly isRenewable: boolean;
  /**
   * Asks for as long as the lease had at first.
   * @returns milliseconds from now to its new end, less when a maximum has been met.
   * @throws SecretNotFoundError when the lease has ended, and the transient errors.
   */
  renew(call: Call): Promise<number>;
  /** Ends it at once. */
  giveBack(call: Call): Promise<void>;
}

/** What is odd about a value that is served all the same; counted and logged. */
export const secretWarnings = ['expired', 'not-yet-valid', 'latest-not-enabled'] as const;

export type SecretWarning = (typeof secretWarnings)[number];

/** Text (UTF-8) or bytes, exactly as the store keeps it. */
export type SecretValue = Redacted | Redacted<Uint8Array>;

/** One version of a secret with its value, as one call to the store returned it. */
export interface Secret {
  readonly value: SecretValue;
  readonly version: string;
  readonly stages: readonly string[];
  readonly createdAt?: Date;
  readonly updatedAt?: Date;
  readonly metadata: SecretMetadata;
  /** Upper bound of the time it may be kept, in milliseconds, where the store sets one. */
  readonly ttlMs?: number;
  /** Absent for a value that is ours for good. */
  readonly lease?: SecretLease;
  readonly warnings?: readonly SecretWarning[];
}

export type VersionState = 'enabled' | 'disabled' | 'deleted' | 'destroyed';

/** One row of a secret's history. */
export interface SecretVersion {
  readonly version: string;
  readonly stages: readonly string[];
  readonly createdAt?: Date;
  readonly state: VersionState;
}

/** A part of a longer answer; `nextCursor` is there when more follows, even if `items` is empty. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

export type RotationStatus = 'pending' | 'in-progress' | 'completed';

/** What the store said when asked to rotate. */
export interface RotationResult {
  readonly triggered: boolean;
  readonly versionId?: string;
  readonly status: RotationStatus;
}
