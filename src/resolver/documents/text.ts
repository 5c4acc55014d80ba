import { isReference, scan } from '../grammar/scan.ts';
import type { Insertion } from '../insertion.ts';
import type { Turns } from '../turns.ts';
import type { Misplace, Place, Splice, Template } from './template.ts';

/** Text of any kind: values go in as they are. */
export async function parseText(text: string, turns: Turns): Promise<Template> {
  const places: Place[] = [];
  const faults: Misplace[] = [];
  /** References, and backslashes that keep openings from being some. */
  const marks: { readonly start: number; readonly end: number; readonly place?: number }[] = [];
  for (const { start, end, what } of scan(text)) {
    if (what === 'escape') marks.push({ start, end: start + 1 });
    else if (isReference(what)) marks.push({ start, end, place: places.push({ reference: what, start, end }) - 1 });
    else faults.push({ fault: what, start, end });
    if (turns.isOver()) await turns.next();
  }
  return {
    text,
    places,
    faults,
    *splices(insertions: readonly Insertion[]): Generator<Splice> {
      for (const { start, end, place } of marks)
        yield { start, end, text: place === undefined ? '' : (insertions[place]?.text ?? '') };
    },
  };
}
