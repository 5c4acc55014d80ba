import type { Insertion } from '../insertion.ts';
import { type JsonMark, toJsonSplice } from './json-mark.ts';
import type { JsonContainer, JsonString } from './json-strings.ts';
import { SplicedText } from './spliced-text.ts';
import type { Unfit } from './template.ts';

interface Name {
  readonly string: JsonString;
  readonly marks: readonly JsonMark[];
}

/** The names of each object: what is inserted into one must not make it equal to another. */
export class JsonNames {
  readonly #text: string;
  readonly #names = new Map<JsonContainer, Name[]>();
  /** Those with references in their names. */
  readonly #changing = new Set<JsonContainer>();

  constructor(text: string) {
    this.#text = text;
  }

  add(string: JsonString, marks: readonly JsonMark[]): void {
    const { container } = string;
    if (container === undefined) return;
    const names = this.#names.get(container);
    if (names === undefined) this.#names.set(container, [{ string, marks }]);
    else names.push({ string, marks });
    if (marks.length > 0) this.#changing.add(container);
  }

  *clashes(insertions: readonly Insertion[]): Generator<Unfit, void> {
    for (const container of this.#changing) {
      const seen = new Map<string, Name>();
      for (const name of this.#names.get(container) ?? []) {
        const resolved = this.#resolve(name, insertions);
        const other = seen.get(resolved);
        const place = [...name.marks, ...(other?.marks ?? [])].find((mark) => mark.place !== undefined)?.place;
        if (other !== undefined && place !== undefined)
          yield { place, message: 'the value makes a name that the object has already' };
        seen.set(resolved, name);
      }
    }
  }

  #resolve({ string: { start, end }, marks }: Name, insertions: readonly Insertion[]): string {
    const name = new SplicedText(this.#text.slice(start, end));
    for (const mark of marks) {
      const inserted = toJsonSplice(mark, insertions);
      name.add({ ...inserted, start: inserted.start - start, end: inserted.end - start });
    }
    return String(JSON.parse(name.toString()));
  }
}
