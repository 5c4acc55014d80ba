import { type Found, isReference, type KnownReferences, scan } from '../grammar/scan.ts';
import type { Turns } from '../turns.ts';
import { type JsonMark, toJsonSplice } from './json-mark.ts';
import { JsonNames } from './json-names.ts';
import { type JsonString, jsonStrings, pointerOf } from './json-strings.ts';
import { toRawOffsets } from './raw-offsets.ts';
import type { Misplace, Place, Splice, Template, Unfit } from './template.ts';

/**
 * A JSON document with references in its strings and names. A string that is exactly one reference without a filter
 * takes the JSON type of the value, as the store wrote it. All else stays as it is written. Needs valid JSON.
 */
export async function parseJson(text: string, turns: Turns): Promise<Template> {
  const places: Place[] = [];
  const faults: Misplace[] = [];
  const marks: JsonMark[] = [];
  const names = new JsonNames(text);
  const known: KnownReferences = new Map();
  for (const string of jsonStrings(text)) {
    if (turns.isOver()) await turns.next();
    const firstMark = marks.length;
    for (const { start, end, what } of findIn(text, string, known)) {
      const pointer = (): string | undefined => pointerOf(string);
      if (what === 'escape') marks.push({ start, end, isWhole: false });
      else if (isReference(what)) {
        const isWhole = !string.isName && start === string.start + 1 && end === string.end - 1;
        marks.push({ start, end, isWhole, place: places.push({ reference: what, start, end, pointer }) - 1 });
      } else faults.push({ fault: what, start, end, pointer });
      if (turns.isOver()) await turns.next();
    }
    if (string.isName) names.add(string, marks.slice(firstMark));
  }
  return {
    text,
    places,
    faults,
    *splices(insertions): Generator<Splice | Unfit> {
      yield* names.clashes(insertions);
      for (const mark of marks) yield toJsonSplice(mark, insertions);
    },
  };
}

/** What is ours in a string, with offsets in the source text; of an escape only the backslash. */
function* findIn(text: string, { start, end }: JsonString, known: KnownReferences): Generator<Found, void> {
  const raw = text.slice(start, end);
  if (!raw.includes('\\')) {
    for (const found of scan(raw, known)) yield shift(found, (offset) => start + offset);
  } else if (raw.includes('secret:') || raw.includes('\\u')) {
    // Escapes of JSON count as what they stand for.
    const offsets = toRawOffsets(raw);
    for (const found of scan(String(JSON.parse(raw)), known)) yield shift(found, (offset) => start + offsets(offset));
  }
}

function shift({ start, end, what }: Found, toSource: (offset: number) => number): Found {
  return { start: toSource(start), end: toSource(what === 'escape' ? start + 1 : end), what };
}
