import type { SecretValue } from '../secret.ts';

/** A version that can be read. */
export interface HeldVersion {
  readonly id: string;
  readonly value: SecretValue;
  /** `current` and `previous` included. */
  readonly stages: readonly string[];
  readonly createdAt?: Date;
}

/** A secret as it is served. */
export interface HeldSecret {
  readonly path: string;
  readonly current: HeldVersion;
  /** Newest first, the current one among them. */
  readonly versions: readonly HeldVersion[];
  /** Whether the versions are named where they come from; else they are what this process has seen. */
  readonly explicit: boolean;
  readonly tags?: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly updatedAt?: Date;
}
