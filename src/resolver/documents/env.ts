import { RequestError } from '../../core/errors/request-error.ts';
import { ReferenceFault } from '../grammar/reference-fault.ts';
import { type Found, isReference } from '../grammar/scan.ts';
import type { Insertion } from '../insertion.ts';
import type { Turns } from '../turns.ts';
import { type EnvValue, envPieces } from './env-lines.ts';
import { type EnvPart, spell } from './env-quoting.ts';
import { mask } from './mask.ts';
import type { Misplace, Place, Splice, Template, Unfit } from './template.ts';

interface Mark extends Found {
  /** Index of the place; an escape has none. */
  readonly place?: number;
}

interface MarkedValue {
  readonly value: EnvValue;
  readonly marks: Mark[];
}

/** A `.env` file with references in its values. Comments, also references in them, stay as they are. */
export async function parseEnv(text: string, turns: Turns): Promise<Template> {
  const masked = await mask(text, turns);
  if (masked === undefined) throw new RequestError('InvalidBody', 'the document has every character of private use');
  const places: Place[] = [];
  const faults: Misplace[] = [];
  const values: MarkedValue[] = [];
  const pieces = envPieces(masked.text);
  let piece = pieces.next().value;
  for (const found of masked.found) {
    while (piece !== undefined && piece.end <= found.start) piece = pieces.next().value;
    if (turns.isOver()) await turns.next();
    const { start, end, what } = found;
    const isWithin = piece !== undefined && piece.start <= start;
    if (isWithin && piece?.quote === '#') continue;
    if (what instanceof ReferenceFault) faults.push({ fault: what, start, end });
    else if (!isWithin || piece === undefined || piece.quote === '#') {
      if (what !== 'escape') faults.push({ fault: notHere(), start, end });
    } else {
      if (values.at(-1)?.value !== piece) values.push({ value: piece, marks: [] });
      const mark = isReference(what) ? { ...found, place: places.push({ reference: what, start, end }) - 1 } : found;
      values.at(-1)?.marks.push(mark);
    }
  }
  return { text, places, faults, splices: (insertions) => splicesOf(text, values, insertions) };
}

const notHere = (): ReferenceFault => new ReferenceFault(0, 'is not within the value of a variable');

function* splicesOf(
  text: string,
  values: readonly MarkedValue[],
  insertions: readonly Insertion[],
): Generator<Splice | Unfit, void> {
  for (const { value, marks } of values) {
    const spelling = spell(value, toParts(text, { value, marks }, insertions));
    const place = marks.find((mark) => mark.place !== undefined)?.place;
    if ('text' in spelling) yield { start: value.start, end: value.end, text: spelling.text };
    else if (place !== undefined) yield { place, message: spelling.problem };
  }
}

/** The content of a value, without its quotes. */
function toParts(text: string, { value, marks }: MarkedValue, insertions: readonly Insertion[]): readonly EnvPart[] {
  const quoteLength = value.quote.length;
  const parts: EnvPart[] = [];
  let at = value.start + quoteLength;
  for (const { start, end, place } of marks) {
    // What an escape stands for is what follows its backslash.
    const inserted = place === undefined ? text.slice(start + 1, end) : (insertions[place]?.text ?? '');
    parts.push({ text: text.slice(at, start), isInserted: false }, { text: inserted, isInserted: true });
    at = end;
  }
  return [...parts, { text: text.slice(at, value.end - quoteLength), isInserted: false }];
}
