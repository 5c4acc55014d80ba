import { ParseError } from '../core/errors/parse-error.ts';
import { parseSecretPath } from '../core/secret-path.ts';
import { isSecretsError } from '../core/errors/secrets-error.ts';
import type { Position, ReferenceFailure, SecretReference } from './reference.ts';

const OPEN = '{{secret:';
const CLOSE = '}}';

export interface ParsedText {
  readonly references: readonly SecretReference[];
  readonly malformed: readonly ReferenceFailure[];
}

/** Finds every `{{secret:path#key@version}}` of a text, from left to right in one pass. */
export function parseReferences(text: string): ParsedText {
  const references: SecretReference[] = [];
  const malformed: ReferenceFailure[] = [];
  const lines = createFinder(text, '\n');
  const closings = createFinder(text, CLOSE);
  let position: Position = { line: 1, column: 1 };
  let at = 0;
  for (let start = text.indexOf(OPEN); start !== -1;) {
    position = advance(position, text.slice(at, start));
    at = start;
    // A reference ends with its braces; one that never does ends with its line, so that the rest is still looked at.
    const [close, lineEnd] = [closings(start), lines(start)];
    const end = close < lineEnd ? close + CLOSE.length : lineEnd;
    const reference = text.slice(start, end).replace(/\r$/, '');
    const place = { reference, ...position };
    try {
      references.push({ ...place, start, ...parseReference(reference) });
    } catch (error) {
      if (!isSecretsError(error)) throw error;
      malformed.push({ ...place, error });
    }
    start = text.indexOf(OPEN, end);
  }
  return { references, malformed };
}

function parseReference(reference: string): { path: string; key?: string; version?: string } {
  if (!reference.endsWith(CLOSE)) throw invalid("is not closed by '}}'");
  const inner = reference.slice(OPEN.length, -CLOSE.length);
  if (inner.includes(OPEN)) throw invalid('holds another one');
  const [beforeVersion, version] = cut(inner, '@');
  const [path, key] = cut(beforeVersion, '#');
  if (path === '') throw invalid('has no path');
  if (key === '') throw invalid("has no key after '#'");
  if (version === '') throw invalid("has no version after '@'");
  try {
    parseSecretPath(path);
  } catch (error) {
    throw invalid(`is malformed: ${error instanceof Error ? error.message : 'its path is wrong'}`);
  }
  return { path, ...(key !== undefined && { key }), ...(version !== undefined && { version }) };
}

function cut(text: string, at: string): [string, string | undefined] {
  const index = text.indexOf(at);
  return index === -1 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

const invalid = (what: string): ParseError => new ParseError('InvalidReference', `the reference ${what}`);

/** Finds the next `wanted` at or after offsets that only grow; the text is gone through once. */
function createFinder(text: string, wanted: string): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found < from) found = text.indexOf(wanted, from);
    if (found === -1) found = text.length;
    return found;
  };
}

function advance({ line, column }: Position, passed: string): Position {
  const breaks = passed.split('\n');
  const rest = breaks.at(-1)?.length ?? 0;
  return breaks.length === 1 ? { line, column: column + rest } : { line: line + breaks.length - 1, column: rest + 1 };
}
