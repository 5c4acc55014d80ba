/** The value of a variable in a `.env` file. */
export interface EnvValue {
  /** Offsets in the text, quotes included. */
  readonly start: number;
  readonly end: number;
  readonly quote: '"' | "'" | '`' | '';
  /** Why it cannot be changed, where its readers would not agree on it. */
  readonly problem?: string;
}

/** From `#` to the end of its line. */
export interface EnvComment {
  readonly start: number;
  readonly end: number;
  readonly quote: '#';
}

const ASSIGNMENT = /[ \t]*(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*=[ \t]*/y;
const BARE = /[^#\n]*/y;
const COMMENT = /[ \t]*#[^\n]*/y;
const BLANK = /[ \t\r]*(?=\n|$)/y;

/** Values and comments of a `.env` text, from left to right; lines that are neither are left out. */
export function* envPieces(text: string): Generator<EnvValue | EnvComment, void> {
  for (let at = 0; at < text.length; at = lineEndFrom(text, at) + 1) {
    const start = match(ASSIGNMENT, text, at);
    if (start !== undefined) {
      const value = valueAt(text, start);
      yield value;
      at = value.end;
    }
    const end = match(COMMENT, text, at);
    if (end !== undefined) yield { start: at, end, quote: '#' };
  }
}

function valueAt(text: string, start: number): EnvValue {
  const quote = toQuote(text[start]);
  if (quote === '') {
    const end = match(BARE, text, start) ?? start;
    return { start, end: start + text.slice(start, end).trimEnd().length, quote };
  }
  const close = text.indexOf(quote, start + 1);
  if (close === -1) return { start, end: lineEndFrom(text, start), quote, problem: 'its quote is not closed' };
  const end = close + 1;
  if (text[close - 1] === '\\')
    return { start, end: lineEndFrom(text, end), quote, problem: 'it has a backslash before a quote' };
  const isAlone = match(BLANK, text, end) !== undefined || match(COMMENT, text, end) !== undefined;
  return isAlone
    ? { start, end, quote }
    : { start, end: lineEndFrom(text, end), quote, problem: 'it goes on after its quotes' };
}

const toQuote = (character: string | undefined): EnvValue['quote'] =>
  character === '"' || character === "'" || character === '`' ? character : '';

function lineEndFrom(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/** Where a match that begins at the offset ends. */
function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
