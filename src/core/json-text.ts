/**
 * JSON as source text. Values are cut out of the text that the store sent instead of being parsed and written again,
 * so that 9007199254740993, `1.0` and a key `__proto__` survive. One pass, no recursion, linear time.
 * All functions but `isJsonDocument` need valid JSON.
 */

const WHITE_SPACE = /[ \t\n\r]*/y;
const PRIMITIVE = /[^ \t\n\r,\]}]*/y;

/** Whether the text is a JSON object or array. */
export function isJsonDocument(text: string): boolean {
  const start = text[skip(WHITE_SPACE, text, 0)];
  if (start !== '{' && start !== '[') return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A JSON string's content; anything else as it is written. */
export function plainText(jsonText: string): string {
  return jsonText.startsWith('"') ? String(JSON.parse(jsonText)) : jsonText;
}

/**
 * Name (of a member) or index (of an element) and source text of each child of an object or array, as written and in
 * that order, equal names included; none for other texts.
 */
export function* childTexts(text: string): Generator<readonly [name: string, text: string], void> {
  let at = skip(WHITE_SPACE, text, 0);
  const isObject = text[at] === '{';
  if (!isObject && text[at] !== '[') return;
  at = skip(WHITE_SPACE, text, at + 1);
  for (let index = 0; text[at] !== '}' && text[at] !== ']'; index++) {
    let name = String(index);
    if (isObject) {
      const nameEnd = endOfValue(text, at);
      name = String(JSON.parse(text.slice(at, nameEnd)));
      at = skip(WHITE_SPACE, text, skip(WHITE_SPACE, text, nameEnd) + 1);
    }
    const end = endOfValue(text, at);
    yield [name, text.slice(at, end)];
    at = skip(WHITE_SPACE, text, end);
    if (text[at] === ',') at = skip(WHITE_SPACE, text, at + 1);
  }
}

function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfString(text, start);
  if (first !== '{' && first !== '[') return skip(PRIMITIVE, text, start);
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
  }
  return text.length;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function skip(what: RegExp, text: string, from: number): number {
  what.lastIndex = from;
  what.test(text);
  return what.lastIndex;
}
