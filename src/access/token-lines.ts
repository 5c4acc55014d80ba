// What RFC 7235 lets stand in a header, and too much to be guessed.
const TOKEN = /^[!-~]{16,4096}$/;

/** The tokens of a file, one a line, and which lines are none. Empty lines and white space at the ends do not count. */
export interface TokenLines {
  readonly tokens: readonly string[];
  /** Numbers of lines, from 1. */
  readonly malformed: readonly number[];
}

export function parseTokenLines(text: string): TokenLines {
  const lines = text.split(/\r?\n/).map((line, index) => ({ token: line.trim(), number: index + 1 }));
  const filled = lines.filter(({ token }) => token !== '');
  return {
    tokens: filled.map(({ token }) => token).filter((token) => TOKEN.test(token)),
    malformed: filled.filter(({ token }) => !TOKEN.test(token)).map(({ number }) => number),
  };
}
