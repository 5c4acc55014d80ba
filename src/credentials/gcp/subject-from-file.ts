import { readFile } from 'node:fs/promises';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import type { ReadSubjectToken, SubjectTokenFormat } from './subject-token.ts';

/** A subject token in a file, such as a projected service account token of Kubernetes. */
export function createFileSubject(path: string, format: SubjectTokenFormat): ReadSubjectToken {
  return async () => {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (cause) {
      throw new AuthenticationError('InvalidCredentials', `the subject token file '${path}' cannot be read`, { cause });
    }
    return format(text);
  };
}
