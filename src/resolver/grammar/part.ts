import { ReferenceFault } from './reference-fault.ts';

const NO_ESCAPE = /%(?![\da-f]{2})/i;

/** A part of a reference, and where it stands in it. */
export interface Part {
  readonly text: string;
  /** Offset from the beginning of the reference. */
  readonly start: number;
  /** Offset of a character from the beginning of the reference. */
  find(character: string): number | undefined;
  split(at: string): [Part, ...Part[]];
  /** What is before a mark and what is after it. @throws ReferenceFault when it is there twice */
  cut(mark: string): [Part, Part | undefined];
  /** Likewise for a mark at which something optional ends. */
  cutAt(mark: string): [Part | undefined, Part];
  /**
   * The text, percent-decoded.
   * @param name how the part is called in messages
   * @throws ReferenceFault when it is empty, has white space at its ends, or is not percent-encoded as it must be
   */
  decode(name: string): string;
}

export function partOf(source: string, start: number, end: number): Part {
  const text = source.slice(start, end);
  const part = (from: number, to = text.length): Part => partOf(source, start + from, start + to);
  return {
    text,
    start,
    find: (character) => (text.includes(character) ? start + text.indexOf(character) : undefined),
    split(at) {
      const to = text.indexOf(at);
      if (to === -1) return [this];
      const others: Part[] = [];
      let from = to + at.length;
      for (let next = text.indexOf(at, from); next !== -1; next = text.indexOf(at, from)) {
        others.push(part(from, next));
        from = next + at.length;
      }
      return [part(0, to), ...others, part(from)];
    },
    cut(mark) {
      const [before, after, surplus] = this.split(mark);
      if (surplus === undefined) return [before, after];
      const encoded = `%${mark.charCodeAt(0).toString(16)}`;
      throw new ReferenceFault(surplus.start - 1, `has a second '${mark}'; one that is part of a name is '${encoded}'`);
    },
    cutAt(mark) {
      const at = text.indexOf(mark);
      return at === -1 ? [undefined, this] : [part(0, at), part(at + mark.length)];
    },
    decode(name) {
      if (text === '') throw new ReferenceFault(start, `has no ${name}`);
      if (text.trim() !== text)
        throw new ReferenceFault(start, `has white space around its ${name}; what is part of a name is '%20'`);
      return percentDecode({ text, start });
    },
  };
}

/** @throws ReferenceFault for `%` without two digits, and for bytes that are no UTF-8 */
export function percentDecode({ text, start }: Pick<Part, 'text' | 'start'>): string {
  if (!text.includes('%')) return text;
  const at = text.search(NO_ESCAPE);
  if (at !== -1) throw new ReferenceFault(start + at, "has a '%' without two hexadecimal digits; '%' itself is '%25'");
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ReferenceFault(start + text.indexOf('%'), 'has percent-encoded bytes that are no UTF-8');
  }
}
