import { RequestError } from '../../core/errors/request-error.ts';
import type { Location } from '../../core/provider.ts';
import type { Selector } from '../../core/selector.ts';

// Vault refuses what Go's unicode.IsPrint does, with an empty answer.
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;
// Vault reads a number of 64 bits.
const VERSION = /^[1-9]\d{0,17}$/;

/**
 * The canonical place of a path in a KV engine. Paths are case-sensitive and have one spelling.
 * @throws RequestError `InvalidPath`, `InvalidParameter`
 */
export function locateKv(path: string, selector: Selector): Location {
  const problem = kvPathProblem(path);
  if (problem !== undefined)
    throw new RequestError('InvalidPath', `the path '${path}' ${problem}, which Vault cannot hold`);
  if (selector.version !== undefined && !VERSION.test(selector.version))
    throw new RequestError('InvalidParameter', "'version' must be a whole number from 1 at a Vault");
  if (selector.version !== undefined && selector.stage !== undefined)
    throw new RequestError('InvalidParameter', "'version' and 'stage' exclude each other at a Vault");
  return { id: path, selector };
}

/** What Vault cannot hold in a path. */
export function kvPathProblem(path: string): string | undefined {
  if (UNPRINTABLE.test(path)) return 'has an unprintable character';
  if (path.endsWith('.')) return 'ends in a dot';
  const isBroken = path.split('/').some((segment) => segment === '' || segment === '.' || segment === '..');
  return isBroken ? 'has an empty or a relative segment' : undefined;
}
