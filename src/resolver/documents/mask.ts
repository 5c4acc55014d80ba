import { ReferenceFault } from '../grammar/reference-fault.ts';
import { closingOf, type Found, OPENING_LENGTH, scan } from '../grammar/scan.ts';
import type { Turns } from '../turns.ts';
import { SplicedText } from './spliced-text.ts';

/** A text in which all that is ours looks like letters, so that a parser of the format can read it. Offsets stay. */
export interface Masked {
  readonly text: string;
  /** Stands in place of every character of ours; nowhere else in the text. */
  readonly mask: string;
  readonly found: readonly Found[];
}

const [FIRST_PRIVATE, LAST_PRIVATE] = [0xe000, 0xf8ff];

/** @returns undefined for a text that has every character of the private use area in it */
export async function mask(text: string, turns: Turns): Promise<Masked | undefined> {
  const sign = unusedCharacter(text);
  if (sign === undefined) return undefined;
  const found: Found[] = [];
  const masked = new SplicedText(text);
  await turns.each(scan(text), (item) => {
    found.push(item);
    const { start } = item;
    const end = endOfMask(text, item);
    masked.add({ start, end, text: sign.repeat(end - start) });
  });
  return { text: masked.toString(), mask: sign, found };
}

/** Of a reference that is never closed only the opening is: what follows, such as a quote, is the format's. */
function endOfMask(text: string, { start, end, what }: Found): number {
  const isUnclosed =
    what instanceof ReferenceFault && !text.startsWith(closingOf(text[start]), end - closingOf(text[start]).length);
  return isUnclosed ? start + OPENING_LENGTH : end;
}

function unusedCharacter(text: string): string | undefined {
  const used = new Set(text.match(/[\ue000-\uf8ff]/g));
  for (let code = FIRST_PRIVATE; code <= LAST_PRIVATE; code++)
    if (!used.has(String.fromCharCode(code))) return String.fromCharCode(code);
  return undefined;
}

/** What stands for a mask. */
export interface Unmasking {
  /** Of the mask. */
  readonly length: number;
  /** Characters before the mask that go with it. */
  readonly before?: number;
  readonly value: string;
}

/** A masked text with each mask replaced by what stands for it. */
export function unmask(text: string, sign: string, masks: readonly Unmasking[]): string {
  const unmasked = new SplicedText(text);
  let at = 0;
  for (const { length, before = 0, value } of masks) {
    const start = text.indexOf(sign, at);
    at = start + length;
    unmasked.add({ start: start - before, end: at, text: value });
  }
  return unmasked.toString();
}
