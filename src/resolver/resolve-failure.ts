import type { ReferenceFailure } from './reference.ts';

/** At least one reference of a document failed, so nothing of it was resolved. */
export class ResolveFailure extends Error {
  override readonly name = 'ResolveFailure';
  /** All of them, in the order of the document. */
  readonly failures: readonly ReferenceFailure[];

  constructor(failures: readonly ReferenceFailure[]) {
    super(`${failures.length} of the references failed`);
    this.failures = failures;
  }
}
