import type { SecretValue } from '../../core/secret.ts';

/** A version as the file writes it out. */
export interface ExplicitVersion {
  readonly id: string;
  readonly value: SecretValue;
  readonly stages: readonly string[];
  readonly createdAt?: Date;
}

/** A secret as the file has it: one value, or versions from the oldest to the newest, at least one. */
export interface StoredSecret {
  readonly content: { readonly value: SecretValue } | { readonly versions: readonly ExplicitVersion[] };
  readonly tags?: Readonly<Record<string, string>>;
  readonly description?: string;
  /** The file of its own, in a directory. */
  readonly file?: string;
  /** When that file was written. */
  readonly updatedAt?: Date;
}
