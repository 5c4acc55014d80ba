import { readFile } from 'node:fs/promises';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { Redacted } from '../../core/redacted.ts';

const HEADER_SAFE = /^[ -~]+$/;

/**
 * Reads a token that its issuer rotates on disk; call it for each use. The white space around it is no part of it.
 * @throws AuthenticationError naming the file.
 */
export async function readTokenFile(file: string): Promise<Redacted> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new AuthenticationError('InvalidCredentials', `the token file '${file}' cannot be read`);
  }
  return parseToken(text, `the token file '${file}'`);
}

/** @throws AuthenticationError for a token that is empty or that no header can carry. */
export function parseToken(text: string, origin: string): Redacted {
  const token = text.trim();
  if (!HEADER_SAFE.test(token))
    throw new AuthenticationError('InvalidCredentials', `${origin} is empty or holds what no header can carry`);
  return new Redacted(token);
}
