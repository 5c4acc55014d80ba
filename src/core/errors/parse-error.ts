import { SecretsError } from './secrets-error.ts';

/** A value, a document or a reference could not be understood, or has no such key. */
export class ParseError extends SecretsError<'ParseError'> {
  readonly category = 'ParseError';
}
