import { parseReference } from './parse-reference.ts';
import type { SecretReference } from './reference.ts';
import { ReferenceFault } from './reference-fault.ts';

/** Something of ours in a text, from `start` to before `end` (offsets in UTF-16 units). */
export interface Found {
  readonly start: number;
  readonly end: number;
  /** A reference, what is wrong with one, or `escape` for a backslash and the opening that it keeps from being one. */
  readonly what: SecretReference | ReferenceFault | 'escape';
}

/** References by their source text: a text that names one a thousand times has it parsed once. */
export type KnownReferences = Map<string, SecretReference | ReferenceFault>;

// Both openings, `{{secret:` and `${secret:`, are two characters and this.
const ANCHOR = 'secret:';
export const OPENING_LENGTH = 2 + ANCHOR.length;

const [DOLLAR, BACKSLASH, OPENING_BRACE, CLOSING_BRACE, LINE_FEED] = [0x24, 0x5c, 0x7b, 0x7d, 0x0a];

/**
 * Finds what is ours in a text, from left to right. Each character is looked at a bounded number of times, whatever is
 * written: a reference ends with its braces, and one that is never closed with its line or before the next opening.
 */
export function* scan(text: string, known: KnownReferences = new Map()): Generator<Found, void> {
  let from = 0;
  for (let start = nextOpening(text, from); start !== -1; start = nextOpening(text, from)) {
    if (start > from && text.charCodeAt(start - 1) === BACKSLASH) {
      from = start + OPENING_LENGTH;
      yield { start: start - 1, end: from, what: 'escape' };
      continue;
    }
    from = endOf(text, start);
    const source = text.slice(start, from);
    let what = known.get(source);
    if (what === undefined) known.set(source, (what = parseReference(source)));
    yield { start, end: from, what };
  }
}

/** Whether a text has a well-formed reference in it. */
export function hasReferences(text: string): boolean {
  for (const { what } of scan(text)) if (isReference(what)) return true;
  return false;
}

export const isReference = (what: Found['what']): what is SecretReference =>
  what !== 'escape' && !(what instanceof ReferenceFault);

function nextOpening(text: string, from: number): number {
  for (let at = text.indexOf(ANCHOR, from + 2); at !== -1; at = text.indexOf(ANCHOR, at + ANCHOR.length))
    if (isOpening(text, at - 2)) return at - 2;
  return -1;
}

const isOpening = (text: string, at: number): boolean =>
  text.charCodeAt(at + 1) === OPENING_BRACE && [DOLLAR, OPENING_BRACE].includes(text.charCodeAt(at));

function endOf(text: string, start: number): number {
  const closing = closingOf(text[start]);
  for (let at = start + OPENING_LENGTH; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === CLOSING_BRACE && text.startsWith(closing, at)) return at + closing.length;
    if (unit === LINE_FEED) return text[at - 1] === '\r' ? at - 1 : at;
    if ((unit === OPENING_BRACE || unit === DOLLAR) && isOpening(text, at) && text.startsWith(ANCHOR, at + 2))
      return text.charCodeAt(at - 1) === BACKSLASH ? at - 1 : at;
  }
  return text.length;
}

/** How a reference ends that begins with this character. */
export const closingOf = (first: string | undefined): '}' | '}}' => (first === '$' ? '}' : '}}');
