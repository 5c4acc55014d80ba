import { SecretsError } from './secrets-error.ts';

/** A rotation could not be started. */
export class RotationError extends SecretsError<'RotationError'> {
  readonly category = 'RotationError';
}
