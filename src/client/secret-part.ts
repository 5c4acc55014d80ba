import { ParseError } from '../core/errors/parse-error.ts';
import { isJsonDocument, memberText, plainText, pointerText } from '../core/json-text.ts';
import type { Secret } from '../core/secret.ts';

/** A secret's value, or the part of it that was asked for. */
export interface SecretPart {
  /** Text, or the bytes of a binary secret. */
  readonly value: string | Uint8Array;
  /** JSON source of the typed value: of a document, and of every key. */
  readonly json?: string;
}

/** The whole value; `json` is there when it is a JSON object or array. */
export function wholeSecret(secret: Secret): SecretPart {
  const value = secret.value.expose();
  return typeof value === 'string' && isJsonDocument(value) ? { value, json: value } : { value };
}

/**
 * One key of a JSON secret: a top-level name, or a JSON Pointer when it starts with `/`. Text and numbers are those of
 * the store's source text.
 * @throws ParseError `JsonParseError` when the secret is no JSON document, `KeyNotFound` when it has no such key.
 */
export function secretKey(secret: Secret, key: string): SecretPart {
  const { json } = wholeSecret(secret);
  if (json === undefined) {
    throw new ParseError('JsonParseError', `the secret is no JSON document, so it has no key '${key}'`);
  }
  const found = key.startsWith('/') ? pointerText(json, key) : memberText(json, key);
  if (found === undefined) throw new ParseError('KeyNotFound', `the secret has no key '${key}'`);
  return { value: plainText(found), json: found };
}
