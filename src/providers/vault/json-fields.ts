import { isObject, type JsonObject } from '../../core/json-object.ts';

/** Typed reading of an answer that has been parsed and may hold anything. */

/** The object behind a key; an empty one when there is none. */
export function objectAt(value: JsonObject, key: string): JsonObject {
  const found = value[key];
  return isObject(found) ? found : {};
}

/** A text that is there and not empty. */
export function textAt(value: JsonObject, key: string): string | undefined {
  const found = value[key];
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** Whole seconds as milliseconds; 0 when absent. */
export function secondsAt(value: JsonObject, key: string): number {
  const found = value[key];
  return typeof found === 'number' && found > 0 ? found * 1000 : 0;
}

/** A time of RFC 3339; nanoseconds are cut. */
export function dateAt(value: JsonObject, key: string): Date | undefined {
  const ms = Date.parse(textAt(value, key) ?? '');
  return Number.isNaN(ms) ? undefined : new Date(ms);
}
