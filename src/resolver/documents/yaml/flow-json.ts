import { type JsonContainer, jsonStrings } from '../json-strings.ts';
import { doubleQuoted } from './quoting.ts';

const WHITE_SPACE = /[ \t\n\r]+/g;

/**
 * JSON as a YAML node on one line. Numbers stay as they are written; strings are written anew, since not every parser
 * of YAML puts escaped halves of a character together.
 * @returns undefined for an object with a name twice, which YAML forbids. Needs valid JSON.
 */
export function toFlow(json: string): string | undefined {
  const names = new Map<JsonContainer | undefined, Set<string>>();
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, isName, container } of jsonStrings(json)) {
    const text = String(JSON.parse(json.slice(start, end)));
    if (isName && isKnown(names, container, text)) return undefined;
    parts.push(json.slice(at, start).replace(WHITE_SPACE, ''), doubleQuoted(text));
    at = end;
  }
  parts.push(json.slice(at).replace(WHITE_SPACE, ''));
  return parts.join('');
}

function isKnown(
  names: Map<JsonContainer | undefined, Set<string>>,
  at: JsonContainer | undefined,
  name: string,
): boolean {
  const known = names.get(at) ?? new Set();
  names.set(at, known);
  return known.size === known.add(name).size;
}
