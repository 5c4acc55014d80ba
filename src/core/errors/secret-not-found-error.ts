import { SecretsError } from './secrets-error.ts';

/** The store answered that the secret, version or stage does not exist. */
export class SecretNotFoundError extends SecretsError<'SecretNotFoundError'> {
  readonly category = 'SecretNotFoundError';
}
