import type { Splice } from './template.ts';

/** A text with splices put in, one after the other in the order of the text. */
export class SplicedText {
  readonly #text: string;
  readonly #parts: string[] = [];
  #at = 0;
  #length: number;

  constructor(text: string) {
    this.#text = text;
    this.#length = text.length;
  }

  /** With what has been put in so far, in UTF-16 units. */
  get length(): number {
    return this.#length;
  }

  add({ start, end, text }: Splice): void {
    this.#parts.push(this.#text.slice(this.#at, start), text);
    this.#at = end;
    this.#length += text.length - (end - start);
  }

  toString(): string {
    this.#parts.push(this.#text.slice(this.#at));
    this.#at = this.#text.length;
    return this.#parts.join('');
  }
}
