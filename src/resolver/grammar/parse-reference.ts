import { isSecretsError } from '../../core/errors/secrets-error.ts';
import { parseSecretPath } from '../../core/secret-path.ts';
import { parseFilters } from './filters.ts';
import { Part } from './part.ts';
import type { SecretReference } from './reference.ts';
import { ReferenceFault } from './reference-fault.ts';
import { parseSelector } from './selector.ts';

const OPENING_LENGTH = '{{secret:'.length;
const NO_FILTERS: SecretReference['filters'] = [];
const PROVIDER_MARK = '://';
// As the configuration wants it.
const PROVIDER_NAME = /^[a-z0-9][a-z0-9-]*$/;

/** Takes a reference apart that is written from its opening to its end, closed or not. See docs/references.md. */
export function parseReference(source: string): SecretReference | ReferenceFault {
  const closing = source.startsWith('$') ? '}' : '}}';
  if (source.length < OPENING_LENGTH + closing.length || !source.endsWith(closing))
    return new ReferenceFault(0, `is not closed by '${closing}'`);
  try {
    return parseParts(source, new Part(source.slice(OPENING_LENGTH, source.length - closing.length), OPENING_LENGTH));
  } catch (error) {
    if (error instanceof ReferenceFault) return error;
    throw error;
  }
}

/** `provider://path#key@version|filter|filter` */
function parseParts(source: string, whole: Part): SecretReference {
  const head = whole.before('|');
  const selector = head.afterOnly('@');
  const beforeSelector = head.before('@');
  const key = beforeSelector.afterOnly('#');
  const misplaced = selector?.find('#');
  if (misplaced !== undefined)
    throw new ReferenceFault(misplaced, "has its key after its version; write '#key@version'");
  const filters = whole.after('|');
  // The first fault that is found is told of: in this order.
  return {
    ...parseLocation(beforeSelector.before('#')),
    source,
    ...(key !== undefined && { key: key.decode('key') }),
    ...(selector !== undefined && parseSelector(selector)),
    filters: filters === undefined ? NO_FILTERS : parseFilters(filters.split('|')),
  };
}

function parseLocation(location: Part): { readonly provider?: string; readonly path: string } {
  const path = location.after(PROVIDER_MARK);
  if (path === undefined) return { path: toPath(location) };
  const provider = location.before(PROVIDER_MARK);
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
