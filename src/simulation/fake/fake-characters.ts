import type { Keystream } from './keystream.ts';
import { drawLength } from './length-class.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const HEX = `${DIGITS}abcdef`;

/** A class of characters, and what stands for it. */
const classes: readonly (readonly [RegExp, string])[] = [
  [/[a-z]/, LOWER],
  [/[A-Z]/, LOWER.toUpperCase()],
  [/[0-9]/, DIGITS],
  [/[!-/:-@[-`{-~]/, '-_.~!*+=#'],
  [/[ \t]/, ' '],
  [/[\r\n]/, '\n'],
  [/[^\t\r\n -~]/, 'éßñøłжλ中'],
];

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
// Short enough words are words.
const HEX_TEXT = /^(?=.*\d)[0-9a-f]{8,}$/;

/** Text of the same classes of characters, each of which it has at least once, and of the same class of length. */
export function fakeCharacters(stream: Keystream, text: string): string {
  if (UUID.test(text)) return text.replaceAll(/[0-9a-f]/gi, () => stream.pick(HEX));
  if (HEX_TEXT.test(text)) return repeat(drawLength(stream, text.length), () => stream.pick(HEX));
  const alphabets = classes.filter(([form]) => form.test(text)).map(([, alphabet]) => alphabet);
  const length = drawLength(stream, Array.from(text).length, alphabets.length);
  const characters = Array.from({ length }, (_, index) =>
    stream.pick(alphabets[index] ?? alphabets[stream.below(alphabets.length)] ?? LOWER),
  );
  // The first ones were of each class in turn: they are put where chance wants them.
  for (let at = 0; at < Math.min(alphabets.length, length); at++) swap(characters, at, stream.below(length));
  return characters.join('');
}

export const repeat = (length: number, make: () => string): string => Array.from({ length }, make).join('');

function swap(characters: string[], one: number, other: number): void {
  [characters[one], characters[other]] = [characters[other] ?? '', characters[one] ?? ''];
}
