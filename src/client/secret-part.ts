import { ParseError } from '../core/errors/parse-error.ts';
import { JsonNode } from '../core/json-node.ts';
import { isJsonDocument, plainText } from '../core/json-text.ts';
import type { Secret } from '../core/secret.ts';

/** A secret's value, or the part of it that was asked for. */
export interface SecretPart {
  /** Text, or the bytes of a binary secret. */
  readonly value: string | Uint8Array;
  /** JSON source of the typed value: of a document, and of every key. */
  readonly json?: string;
}

/** Takes parts out of one secret. That it is JSON, and where its keys are, is found out once for all of them. */
export class SecretParts {
  readonly #value: string | Uint8Array;
  /** False until it has been found out. */
  #document: JsonNode | undefined | false = false;

  constructor(secret: Secret) {
    this.#value = secret.value.expose();
  }

  /** The whole value; `json` is there when it is a JSON object or array. */
  whole(): SecretPart {
    const document = this.#find();
    return document === undefined ? { value: this.#value } : { value: this.#value, json: document.text };
  }

  /**
   * One key of a JSON secret: a top-level name, or a JSON Pointer when it starts with `/`. Text and numbers are those of
   * the store's source text.
   * @throws ParseError `JsonParseError` when the secret is no JSON document, `KeyNotFound` when it has no such key.
   */
  key(key: string): SecretPart {
    const document = this.#find();
    if (document === undefined) {
      throw new ParseError('JsonParseError', `the secret is no JSON document, so it has no key '${key}'`);
    }
    const found = key.startsWith('/') ? document.at(key) : document.isObject ? document.child(key) : undefined;
    if (found === undefined) throw new ParseError('KeyNotFound', `the secret has no key '${key}'`);
    return { value: plainText(found.text), json: found.text };
  }

  #find(): JsonNode | undefined {
    if (this.#document === false) {
      const value = this.#value;
      this.#document = typeof value === 'string' && isJsonDocument(value) ? new JsonNode(value) : undefined;
    }
    return this.#document;
  }
}
