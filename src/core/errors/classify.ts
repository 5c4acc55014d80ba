import { isSecretsError } from './secrets-error.ts';

/** The two levels of the taxonomy, for metrics and audit. What is no expected failure is a mistake of ours. */
export function classify(error: unknown): { readonly category: string; readonly code: string } {
  return isSecretsError(error) ? error : { category: 'InternalError', code: 'Unexpected' };
}
