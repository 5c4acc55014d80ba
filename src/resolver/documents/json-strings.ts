/** An object or array that is being gone through. */
export interface JsonContainer {
  readonly isObject: boolean;
  readonly parent: JsonContainer | undefined;
  /** Source text of its name, or its index, in its parent. */
  readonly token: string;
}

/** A string or a name in JSON source text, from its first quote to after its last. */
export interface JsonString {
  readonly start: number;
  readonly end: number;
  readonly isName: boolean;
  readonly container: JsonContainer | undefined;
  /** Source text of its name, or its index, in the container. */
  readonly token: string;
}

interface Frame extends JsonContainer {
  index: number;
  name: string;
  expectsName: boolean;
}

/** All strings and names of a JSON text, from left to right; one pass, no recursion. Needs valid JSON. */
export function* jsonStrings(text: string): Generator<JsonString, void> {
  const frames: Frame[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    const frame = frames.at(-1);
    if (character === '"') {
      const end = endOfString(text, at);
      const isName = frame?.expectsName === true;
      if (isName) [frame.name, frame.expectsName] = [text.slice(at, end), false];
      yield { start: at, end, isName, container: frame, token: tokenOf(frame) };
      at = end - 1;
    } else if (character === '{' || character === '[') {
      const isObject = character === '{';
      frames.push({ isObject, parent: frame, token: tokenOf(frame), index: 0, name: '', expectsName: isObject });
    } else if (character === '}' || character === ']') frames.pop();
    else if (character === ',' && frame !== undefined)
      [frame.index, frame.expectsName] = [frame.index + 1, frame.isObject];
  }
}

// A document may nest as deeply as it is long, with a reference in each of its levels.
const MAX_POINTER_LENGTH = 1_024;

/** JSON Pointer (RFC 6901) of a string or name, empty for the whole document; undefined where it would be very long. */
export function pointerOf({ container, token }: Pick<JsonString, 'container' | 'token'>): string | undefined {
  const tokens: string[] = [];
  let name = token;
  let length = 0;
  for (let at = container; at !== undefined; at = at.parent) {
    length += '/'.length + name.length;
    if (length > MAX_POINTER_LENGTH) return undefined;
    tokens.push(at.isObject ? String(JSON.parse(name)) : name);
    name = at.token;
  }
  return tokens
    .toReversed()
    .map((written) => `/${written.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

const tokenOf = (frame: Frame | undefined): string =>
  frame === undefined ? '' : frame.isObject ? frame.name : String(frame.index);

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
}
