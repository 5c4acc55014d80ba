import { isSecretsError } from '../../core/errors/secrets-error.ts';
import { parseSecretPath } from '../../core/secret-path.ts';
import { parseFilters } from './filters.ts';
import { type Part, partOf } from './part.ts';
import type { SecretReference } from './reference.ts';
import { ReferenceFault } from './reference-fault.ts';
import { parseSelector } from './selector.ts';

const OPENING_LENGTH = '{{secret:'.length;
const PROVIDER_MARK = '://';
// As the configuration wants it.
const PROVIDER_NAME = /^[a-z0-9][a-z0-9-]*$/;

/** Takes a reference apart that is written from its opening to its end, closed or not. See docs/references.md. */
export function parseReference(source: string): SecretReference | ReferenceFault {
  const closing = source.startsWith('$') ? '}' : '}}';
  if (source.length < OPENING_LENGTH + closing.length || !source.endsWith(closing))
    return new ReferenceFault(0, `is not closed by '${closing}'`);
  try {
    const whole = partOf(source, OPENING_LENGTH, source.length - closing.length);
    const [head, ...filters] = whole.split('|');
    return { source, ...parseHead(head), filters: parseFilters(filters) };
  } catch (error) {
    if (error instanceof ReferenceFault) return error;
    throw error;
  }
}

/** `provider://path#key@version` */
function parseHead(head: Part): Omit<SecretReference, 'source' | 'filters'> {
  const [beforeSelector, selector] = head.cut('@');
  const [location, key] = beforeSelector.cut('#');
  const misplaced = selector?.find('#');
  if (misplaced !== undefined)
    throw new ReferenceFault(misplaced, "has its key after its version; write '#key@version'");
  return {
    ...parseLocation(location),
    ...(key !== undefined && { key: key.decode('key') }),
    ...(selector !== undefined && parseSelector(selector)),
  };
}

function parseLocation(location: Part): { readonly provider?: string; readonly path: string } {
  const [provider, path] = location.cutAt(PROVIDER_MARK);
  if (provider === undefined) return { path: toPath(path) };
  if (!PROVIDER_NAME.test(provider.text))
    throw new ReferenceFault(provider.start, "has no name of a provider before '://'");
  return { provider: provider.text, path: toPath(path) };
}

function toPath(part: Part): string {
  const path = part.decode('path');
  try {
    return parseSecretPath(path);
  } catch (error) {
    if (!isSecretsError(error)) throw error;
    throw new ReferenceFault(part.start, `is malformed: ${error.message}`);
  }
}
