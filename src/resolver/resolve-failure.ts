import type { SecretsError } from '../core/errors/secrets-error.ts';
import type { Position } from './positions.ts';

/** A reference that failed, and why. Line and column are those of what is wrong with it. */
export interface ReferenceFailure extends Position {
  /** As it is written, cut where it is very long. */
  readonly reference: string;
  readonly error: SecretsError;
  /** The reference, and in a second line a caret under what is wrong. */
  readonly excerpt: string;
  /** JSON Pointer of the string or name in a JSON document, unless that is longer than 1,024 characters. */
  readonly pointer?: string;
}

/** At least one reference of a document failed, so nothing of it was resolved. */
export class ResolveFailure extends Error {
  override readonly name = 'ResolveFailure';
  /** The first hundred, in the order of the document. */
  readonly failures: readonly ReferenceFailure[];
  /** Those of all of them. */
  readonly errors: readonly SecretsError[];

  constructor(failures: readonly ReferenceFailure[], errors: readonly SecretsError[]) {
    super(`${errors.length} of the references failed`);
    this.failures = failures;
    this.errors = errors;
  }
}
