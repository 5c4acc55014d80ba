import type { SecretValue } from './stored-secret.ts';

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
  /** Whether the file names the versions; else they are what this process has seen. */
  readonly explicit: boolean;
  /** Differs when anything that is served differs; keyed, so that it tells nothing of the values. */
  readonly digest: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly updatedAt?: Date;
}
