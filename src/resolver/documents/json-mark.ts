import type { Insertion } from '../insertion.ts';
import type { Splice } from './template.ts';

/** A reference in a string, or the backslash that keeps an opening from being one. */
export interface JsonMark {
  /** Offsets in the source text. */
  readonly start: number;
  readonly end: number;
  /** Index of the place; a backslash has none. */
  readonly place?: number;
  /** The string is this reference and nothing else: it takes the type of the value. */
  readonly isWhole: boolean;
}

export function toJsonSplice({ start, end, place, isWhole }: JsonMark, insertions: readonly Insertion[]): Splice {
  if (place === undefined) return { start, end, text: '' };
  const { text = '', json } = insertions[place] ?? {};
  if (isWhole && json !== undefined) return { start: start - 1, end: end + 1, text: json };
  return { start, end, text: JSON.stringify(text).slice(1, -1) };
}
