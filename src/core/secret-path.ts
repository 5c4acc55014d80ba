import { RequestError } from './errors/request-error.ts';

const MAX_BYTES = 2048;
// Also lone surrogates, which no UTF-8 text can hold.
const FORBIDDEN = /\p{Control}|\p{Surrogate}/u;
// The first of them that is none.
const NO_SEGMENT = /(?:^|\/)(\.{0,2})(?:\/|$)/;

/**
 * Checks a path that has been percent-decoded once: 1 to 2,048 bytes of UTF-8, no control character, no empty,
 * `.` or `..` segment (design §3).
 * @throws RequestError `InvalidPath`
 */
export function parseSecretPath(path: string): string {
  const problem = problemOf(path);
  if (problem !== undefined) throw new RequestError('InvalidPath', `the secret's path ${problem}`);
  return path;
}

/**
 * Checks a plain string prefix of paths: as a path, but it may be empty, end with a slash or within a segment.
 * @throws RequestError `InvalidPath`
 */
export function parseSecretPrefix(prefix: string): string {
  if (prefix !== '') parseSecretPath(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix);
  return prefix;
}

function problemOf(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.length > MAX_BYTES || Buffer.byteLength(path) > MAX_BYTES) return `is longer than ${MAX_BYTES} bytes`;
  if (FORBIDDEN.test(path)) return 'holds a control character or a broken one';
  const segment = NO_SEGMENT.exec(path)?.[1];
  if (segment === undefined) return undefined;
  return segment === '' ? 'has an empty segment' : `has a segment '${segment}'`;
}
