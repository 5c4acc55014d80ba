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
  readonly rotationEnabled?: boolean;
  readonly nextRotation?: Date;
  readonly createdAt?: Date;
  readonly updatedAt?: Date;
  readonly lastAccessed?: Date;
}

/** One version of a secret with its value, as one call to the store returned it. */
export interface Secret {
  /** Text (UTF-8) or bytes, exactly as the store keeps it. */
  readonly value: Redacted | Redacted<Uint8Array>;
  readonly version: string;
  readonly stages: readonly string[];
  readonly createdAt?: Date;
  readonly updatedAt?: Date;
  readonly metadata: SecretMetadata;
  /** Upper bound of the time it may be kept, in milliseconds, where the store sets one. */
  readonly ttlMs?: number;
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
