import { childTexts } from './json-text.ts';

/**
 * A value in a JSON document, by its source text. The children of a node are looked for once, however many of them are
 * asked for. Needs valid JSON.
 */
export class JsonNode {
  readonly text: string;
  #children: ReadonlyMap<string, JsonNode> | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get isObject(): boolean {
    return this.text.trimStart().startsWith('{');
  }

  /** The member of an object or the element of an array; of equal names the last one counts, as with `JSON.parse`. */
  child(token: string): JsonNode | undefined {
    this.#children ??= new Map(Array.from(childTexts(this.text), ([name, text]) => [name, new JsonNode(text)]));
    return this.#children.get(token);
  }

  /** What a JSON Pointer (RFC 6901) that starts with `/` points to. */
  at(pointer: string): JsonNode | undefined {
    const tokens = pointer.slice(1).split('/');
    return tokens.reduce<JsonNode | undefined>(
      (node, token) => node?.child(token.replaceAll('~1', '/').replaceAll('~0', '~')),
      this,
    );
  }
}
