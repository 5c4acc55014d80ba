import { parseDuration } from '../core/duration.ts';
import { isPathPattern } from '../core/path-pattern.ts';
import { parseSecretPath } from '../core/secret-path.ts';
import { parseSkew } from '../core/fault.ts';
import { parseSize } from '../core/size.ts';
import { parseListenAddress } from './listen-address.ts';

/**
 * What is wrong with a value, as the end of a sentence that begins with its key; undefined when it is fine.
 * `argument` is what the schema gives to the keyword.
 */
export type ValueRule = (argument: unknown, value: unknown) => string | undefined;

/** Keywords that our schema has beyond those of JSON Schema. Each decides on the type of the value, too. */
export const valueRules: ReadonlyMap<string, ValueRule> = new Map([
  ['duration', within(parseDuration, "a duration such as '5m', '30s', '500ms', or a number of milliseconds")],
  ['size', within(parseSize, "a size such as '64MiB', '512KiB', or a number of bytes")],
  ['listenAddress', listenAddress],
  ['signedDuration', signedDuration],
  ['pathPattern', pathPattern],
  ['secretPath', secretPath],
  ['pathPrefix', pathPrefix],
]);

/** A prefix without the slashes at its ends; a lone slash stays. */
export function trimSlashes(prefix: string): string {
  return prefix === '/' ? prefix : prefix.replace(/^\//, '').replace(/\/$/, '');
}

function within(parse: (value: unknown) => number | undefined, forms: string): ValueRule {
  return (argument, value) => {
    const [least, most] = parseBounds(argument);
    const amount = parse(value);
    if (amount === undefined) return `must be ${forms}`;
    const isInside = amount >= (parse(least) ?? 0) && amount <= (parse(most) ?? Infinity);
    return isInside ? undefined : `must be between ${least} and ${most}`;
  };
}

function signedDuration(_: unknown, value: unknown): string | undefined {
  return parseSkew(value) === undefined
    ? "must be a duration such as '5m', with a minus where it is behind"
    : undefined;
}

function listenAddress(_: unknown, value: unknown): string | undefined {
  return parseListenAddress(value) === undefined
    ? "must be an address such as '127.0.0.1:8200', '[::1]:8200' or 'unix:/run/keyfob.sock'"
    : undefined;
}

function pathPattern(argument: unknown, value: unknown): string | undefined {
  const pattern = typeof value === 'string' && argument === 'orSlash' ? value.replace(/^\//, '') : value;
  return typeof pattern === 'string' && isPathPattern(pattern)
    ? undefined
    : "must be a path pattern such as 'app/**' or 'app/*/db'";
}

function secretPath(_: unknown, value: unknown): string | undefined {
  return typeof value === 'string' && isSecretPath(value)
    ? undefined
    : "must be the path of a secret, such as 'db/creds'";
}

function pathPrefix(argument: unknown, value: unknown): string | undefined {
  const isPrefix =
    typeof value === 'string' &&
    (argument === 'orSlash' && (value === '' || value === '/') ? true : isSecretPath(trimSlashes(value)));
  return isPrefix ? undefined : "must be the beginning of a path, such as 'team' or 'team/shop'";
}

function isSecretPath(text: string): boolean {
  try {
    parseSecretPath(text);
    return true;
  } catch {
    return false;
  }
}

function parseBounds(argument: unknown): readonly [string, string] {
  if (Array.isArray(argument) && argument.length === 2) return [String(argument[0]), String(argument[1])];
  throw new TypeError('the keyword needs a least and a most');
}
