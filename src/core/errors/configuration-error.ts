import { SecretsError } from './secrets-error.ts';

/** The configuration, or a choice in a request that the configuration does not allow for, is wrong. */
export class ConfigurationError extends SecretsError<'ConfigurationError'> {
  readonly category = 'ConfigurationError';
}
