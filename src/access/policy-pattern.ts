import { type PathPattern, parsePathPattern } from '../core/path-pattern.ts';

/**
 * A path pattern of a policy. One that begins with a slash is a prefix as the specification writes it (§1.4.3): the slash
 * is no part of the path, and a star at the end takes everything below. `/app/prod/*` is `app/prod/**`.
 */
export function parsePolicyPattern(text: string): PathPattern {
  const pattern = parsePathPattern(withoutSlash(text));
  return { text, matches: (path) => pattern.matches(path) };
}

/** The pattern in the form that mappings have, too. */
export function withoutSlash(text: string): string {
  if (!text.startsWith('/')) return text;
  const pattern = text.slice(1);
  return pattern === '*' || pattern.endsWith('/*') ? `${pattern}*` : pattern;
}
