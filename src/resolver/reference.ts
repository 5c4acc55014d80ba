import type { SecretsError } from '../core/errors/secrets-error.ts';

/** Where something stands in a text; both from 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A reference as it stands in a text. */
export interface SecretReference extends Position {
  /** The whole of it, `{{secret:db/creds#password@3}}`. */
  readonly reference: string;
  /** Offset of its first character. */
  readonly start: number;
  readonly path: string;
  readonly key?: string;
  readonly version?: string;
}

/** A reference that failed, and why. */
export interface ReferenceFailure extends Position {
  readonly reference: string;
  readonly error: SecretsError;
}
