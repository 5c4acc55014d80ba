import { SecretsError } from './secrets-error.ts';

/** The cache itself failed. */
export class CacheError extends SecretsError<'CacheError'> {
  readonly category = 'CacheError';
}
