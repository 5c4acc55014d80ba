import { SecretsError } from '../../core/errors/secrets-error.ts';
import { parseSecretPath } from '../../core/secret-path.ts';
import { FileProblem, type Place } from './file-problem.ts';

/**
 * @param what `key` of a file, or `name` in a directory
 * @throws FileProblem when it is no path of a secret
 */
export function assertPath(path: string, what: 'key' | 'name', place?: Place): void {
  try {
    parseSecretPath(path);
  } catch (error) {
    if (!(error instanceof SecretsError)) throw error;
    throw new FileProblem('broken', `has a ${what} that is no path of a secret: ${error.message}`, place);
  }
}
