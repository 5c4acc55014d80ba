import { RequestError } from '../../core/errors/request-error.ts';
import { type PathPattern, parsePathPattern } from '../../core/path-pattern.ts';
import type { Location } from '../../core/provider.ts';
import type { Selector } from '../../core/selector.ts';

const NAME = /^[0-9a-z-]{1,127}$/;
const VERSION = /^[0-9a-f]{32}$/;

/**
 * The canonical place of a path in a vault. A name has letters of any case, digits and hyphens only, so `/` is written
 * `--`. Both spellings and all cases of letters name one secret, whose id has slashes and small letters.
 * @throws RequestError `InvalidPath`, `InvalidParameter`
 */
export function locateSecret(path: string, selector: Selector): Location {
  const id = toId(path);
  if (id === undefined)
    throw new RequestError(
      'InvalidPath',
      `the path '${path}' is no name for Azure Key Vault: letters, digits and hyphens, none before a '/', at most 127 with a '/' as two`,
    );
  const { version, stage } = selector;
  if (version !== undefined && stage !== undefined)
    throw new RequestError('InvalidParameter', "'version' and 'stage' exclude each other at Azure Key Vault");
  if (version === undefined) return { id, selector };
  const canonical = version.toLowerCase();
  if (!VERSION.test(canonical))
    throw new RequestError('InvalidParameter', "'version' must be 32 hexadecimal digits at Azure Key Vault");
  return { id, selector: { version: canonical } };
}

/** The name of a secret in the vault. */
export const toName = (id: string): string => id.replaceAll('/', '--');

/**
 * The id of a path or of a name in the vault; undefined for one that cannot be told apart from another: without the
 * rules on hyphens `a-/b` and `a/-b` would be one name, and `a----b` a path with an empty segment.
 */
export function toId(path: string): string | undefined {
  const id = toIdPrefix(path);
  const isName = NAME.test(toName(id)) && !/-\//.test(path);
  return isName && id.split('/').every((segment) => segment !== '') ? id : undefined;
}

/** A plain string prefix of paths or names as one of ids. */
export const toIdPrefix = (prefix: string): string => prefix.toLowerCase().replaceAll('--', '/');

/** A policy's pattern over ids. A star in a name has no slash that it would stop at, which counts for what is denied. */
export function spellPattern(text: string, effect: 'allow' | 'deny'): PathPattern {
  const pattern = parsePathPattern(toIdPrefix(text));
  if (effect === 'allow' || !text.includes('--')) return pattern;
  const ofNames = parsePathPattern(toName(text.toLowerCase()));
  return { text, matches: (id) => pattern.matches(id) || ofNames.matches(toName(id)) };
}
