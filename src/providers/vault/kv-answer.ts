import type { Answer } from './answer.ts';

const WRONG_PATH = 'Invalid path for a versioned K/V';

/** `{"errors":[]}`: there is nothing, and there was nothing. */
export const isBareNotFound = ({ status, isVaults, complaint, body }: Answer): boolean =>
  status === 404 && isVaults && complaint === '' && body?.['data'] === undefined && body?.['warnings'] === undefined;

/** A KV engine of version 2 was asked in the way of version 1, or below its API. */
export function isWrongKvPath({ body }: Answer): boolean {
  const warnings = body?.['warnings'];
  return Array.isArray(warnings) && warnings.some((text) => String(text).startsWith(WRONG_PATH));
}
