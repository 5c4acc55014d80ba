import { SecretsError } from './secrets-error.ts';

/** The store refused us this secret. */
export class AccessError extends SecretsError<'AccessError'> {
  readonly category = 'AccessError';
}
