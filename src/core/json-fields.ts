import { isObject, type JsonObject } from './json-object.ts';

/** Typed reading of JSON that may hold anything; `null` counts as absent. */

/** The text as a JSON object; undefined when it is something else. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The object behind a key; an empty one when there is none. */
export function objectAt(value: JsonObject, key: string): JsonObject {
  const found = value[key];
  return isObject(found) ? found : {};
}

/** The objects of a list; none when there is no list. */
export function objectsAt(value: JsonObject, key: string): readonly JsonObject[] {
  const found = value[key];
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** A text that is there and not empty. */
export function textAt(value: JsonObject, key: string): string | undefined {
  const found = value[key];
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** The members of an object that are texts. */
export function textsAt(value: JsonObject, key: string): Readonly<Record<string, string>> {
  const texts = Object.entries(objectAt(value, key)).flatMap(([name, text]) =>
    typeof text === 'string' ? [[name, text] as const] : [],
  );
  return Object.fromEntries(texts);
}

/** A time of RFC 3339; nanoseconds are cut. */
export function dateAt(value: JsonObject, key: string): Date | undefined {
  const ms = Date.parse(textAt(value, key) ?? '');
  return Number.isNaN(ms) ? undefined : new Date(ms);
}
