import { SecretsError } from './secrets-error.ts';

/** The store refused our identity. */
export class AuthenticationError extends SecretsError<'AuthenticationError'> {
  readonly category = 'AuthenticationError';
}
