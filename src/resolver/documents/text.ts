import { isReference, scan } from '../grammar/scan.ts';
import type { Insertion } from '../insertion.ts';
import type { Turns } from '../turns.ts';
import type { Misplace, Place, Splice, Template } from './template.ts';

/** Text of any kind: values go in as they are. */
export async function parseText(text: string, turns: Turns): Promise<Template> {
  const places: Place[] = [];
  const faults: Misplace[] = [];
  const marks: (Place | Splice)[] = [];
  await turns.each(scan(text), ({ start, end, what }) => {
    if (what === 'escape') marks.push({ start, end: start + 1, text: '' });
    else if (isReference(what)) {
      const place = { reference: what, start, end };
      places.push(place);
      marks.push(place);
    } else faults.push({ fault: what, start, end });
  });
  return { text, places, faults, splices: (insertions) => splicesOf(marks, insertions) };
}

/** @param marks places, and backslashes that keep openings from being some */
function* splicesOf(marks: readonly (Place | Splice)[], insertions: readonly Insertion[]): Generator<Splice> {
  let place = 0;
  for (const mark of marks) {
    if ('text' in mark) yield mark;
    else yield { start: mark.start, end: mark.end, text: insertions[place++]?.text ?? '' };
  }
}
