import type { SecretPart } from '../client/secret-part.ts';
import { ParseError } from '../core/errors/parse-error.ts';
import type { Filter, FilterName } from './grammar/reference.ts';
import { assertResolvedLength } from './resolved-length.ts';

/** What a reference is replaced by. */
export interface Insertion {
  readonly text: string;
  /** JSON source of the typed value: of a document and of every key, unless a filter has made text of it. */
  readonly json?: string;
}

/** A value on its way through filters; undefined while there is none and no default has come. */
type Filtered = SecretPart | undefined;

/**
 * Applies filters from left to right.
 * @param part undefined when there is no such secret, version or key.
 * @returns undefined when nothing stands in for it either.
 * @throws ParseError `InvalidSecretFormat` for bytes that were not made text, or text that a filter cannot write;
 * RequestError `PayloadTooLarge` for what filters have made too long.
 */
export function toInsertion(part: SecretPart | undefined, filters: readonly Filter[]): Insertion | undefined {
  const filtered = filters.reduce(apply, checked(part));
  if (filtered === undefined) return undefined;
  const { value: text, json } = filtered;
  if (typeof text !== 'string') throw unfit("a binary secret cannot stand in a text; '|base64' makes it text");
  return json === undefined ? { text } : { text, json };
}

function apply(part: Filtered, filter: Filter): Filtered {
  if (filter.name === 'default') return part ?? { value: filter.text };
  if (part === undefined) return undefined;
  const value = writers[filter.name](part);
  // Each filter may make several characters of one.
  assertResolvedLength(value.length);
  return { value };
}

const writers: Readonly<Record<FilterName, (part: SecretPart) => string>> = {
  // RFC 3986 §2.3: everything but the unreserved characters.
  url: ({ value }) =>
    typeof value === 'string'
      ? encodeURIComponent(value).replace(/[!'()*]/g, (character) => percent(character.charCodeAt(0)))
      : Array.from(value, percent).join(''),
  base64: ({ value }) => Buffer.from(value).toString('base64'),
  json: ({ value, json }) => {
    if (typeof value !== 'string') throw unfit("a binary secret has no JSON; '|base64|json' makes it text first");
    return json ?? JSON.stringify(value);
  },
  shell: ({ value }) => {
    if (typeof value !== 'string') throw unfit("a binary secret cannot be a word of a shell; '|base64' makes it text");
    if (value.includes('\0')) throw unfit('a NUL character cannot stand in a word of a shell');
    return `'${value.replaceAll("'", String.raw`'\''`)}'`;
  },
};

const percent = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** A lone surrogate comes from a JSON escape; no UTF-8 text can hold it. */
function checked(part: SecretPart | undefined): SecretPart | undefined {
  if (typeof part?.value === 'string' && !part.value.isWellFormed())
    throw unfit('the value has half of a character (a lone surrogate), which no text can hold');
  return part;
}

const unfit = (message: string): ParseError => new ParseError('InvalidSecretFormat', message);
