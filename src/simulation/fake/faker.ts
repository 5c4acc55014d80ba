import { childTexts, isJsonDocument } from '../../core/json-text.ts';
import { Redacted } from '../../core/redacted.ts';
import type { SecretValue } from '../../core/secret.ts';
import { fakeCharacters } from './fake-characters.ts';
import { fakeNumber, isNumber } from './fake-number.ts';
import { fakePem, isPem } from './fake-pem.ts';
import { fakeUrl, isUrl } from './fake-url.ts';
import { Keystream } from './keystream.ts';
import { drawLength } from './length-class.ts';

// A fake that happens to be the real one is drawn again; one digit may stay one digit.
const MAX_DRAWS = 8;
// What is nested deeper is no secret that a program reads.
const MAX_DEPTH = 64;

/**
 * Makes values up that look like the real ones: the same classes of length and characters, the same JSON members, PEM
 * labels and parts of a URL. Equal values, and equal parts of them, become equal fakes.
 */
export class Faker {
  readonly #key: Uint8Array;

  /** @param key 32 bytes; whoever has it can test guesses of a real value */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  value(value: SecretValue): SecretValue {
    const content = value.expose();
    if (typeof content === 'string') return new Redacted(this.text(content));
    const stream = new Keystream(this.#key, content);
    return new Redacted<Uint8Array>(Uint8Array.from(stream.bytes(drawLength(stream, content.length))));
  }

  text(text: string, depth = 0): string {
    if (text === '') return '';
    if (isJsonDocument(text)) return this.#json(text.trim(), depth);
    if (isUrl(text)) return fakeUrl(text, (part) => this.text(part, depth));
    for (let draws = 1; ; draws++) {
      const fake = fakeOf(new Keystream(this.#key, `${draws}:${text}`), text);
      if (fake !== text || draws === MAX_DRAWS) return fake;
    }
  }

  /** The names of members and what is no text and no number stay. */
  #json(text: string, depth: number): string {
    if (depth > MAX_DEPTH) return 'null';
    if (text.startsWith('{')) {
      const members = Array.from(
        childTexts(text),
        ([name, child]) => `${JSON.stringify(name)}:${this.#json(child, depth + 1)}`,
      );
      return `{${members.join()}}`;
    }
    if (text.startsWith('['))
      return `[${Array.from(childTexts(text), ([, child]) => this.#json(child, depth + 1)).join()}]`;
    if (text.startsWith('"')) return JSON.stringify(this.text(String(JSON.parse(text)), depth + 1));
    return isNumber(text) ? this.text(text, depth) : text;
  }
}

function fakeOf(stream: Keystream, text: string): string {
  if (isPem(text)) return fakePem(stream, text);
  return isNumber(text) ? fakeNumber(stream, text) : fakeCharacters(stream, text);
}
