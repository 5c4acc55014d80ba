/**
 * From offsets in a JSON string's content to offsets in its source text, quotes included. What is asked for must not
 * go back: the text is gone through once.
 */
export function toRawOffsets(raw: string): (offset: number) => number {
  // After the opening quote.
  let at = 1;
  let passed = 0;
  return (offset) => {
    for (; passed < offset; passed++) at += raw[at] !== '\\' ? 1 : raw[at + 1] === 'u' ? 6 : 2;
    return at;
  };
}
