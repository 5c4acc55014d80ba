import { ReferenceFault } from './reference-fault.ts';

const NO_ESCAPE = /%(?![\da-f]{2})/i;

/** A part of a reference, and where it stands in it. */
export class Part {
  readonly text: string;
  /** Offset from the beginning of the reference. */
  readonly start: number;

  constructor(text: string, start: number) {
    this.text = text;
    this.start = start;
  }

  /** Offset of a character from the beginning of the reference. */
  find(character: string): number | undefined {
    const at = this.text.indexOf(character);
    return at === -1 ? undefined : this.start + at;
  }

  split(mark: string): readonly Part[] {
    const parts = [this.before(mark)];
    for (let rest = this.after(mark); rest !== undefined; rest = rest.after(mark)) parts.push(rest.before(mark));
    return parts;
  }

  /** What is before a mark: all, where there is none. */
  before(mark: string): Part {
    const at = this.text.indexOf(mark);
    return at === -1 ? this : new Part(this.text.slice(0, at), this.start);
  }

  /** What is after the first of a mark. */
  after(mark: string): Part | undefined {
    const at = this.text.indexOf(mark);
    return at === -1 ? undefined : new Part(this.text.slice(at + mark.length), this.start + at + mark.length);
  }

  /** What is after the only one of a mark. @throws ReferenceFault when it is there twice */
  afterOnly(mark: string): Part | undefined {
    const rest = this.after(mark);
    const second = rest?.find(mark);
    if (second === undefined) return rest;
    const encoded = `%${mark.charCodeAt(0).toString(16)}`;
    throw new ReferenceFault(second, `has a second '${mark}'; one that is part of a name is '${encoded}'`);
  }

  /**
   * The text, percent-decoded.
   * @param name how the part is called in messages
   * @throws ReferenceFault when it is empty, has white space at its ends, or is not percent-encoded as it must be
   */
  decode(name: string): string {
    const { text, start } = this;
    if (text === '') throw new ReferenceFault(start, `has no ${name}`);
    if (text.trim() !== text)
      throw new ReferenceFault(start, `has white space around its ${name}; what is part of a name is '%20'`);
    return percentDecode(this);
  }
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
