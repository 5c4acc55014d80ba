import type { JsonObject } from '../../core/json-object.ts';

/** A time in seconds since 1970, with a fraction. */
export function epochAt(value: JsonObject, key: string): Date | undefined {
  const seconds = value[key];
  if (typeof seconds !== 'number') return undefined;
  const date = new Date(Math.round(seconds * 1000));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The texts of a list; none when there is no list. */
export function listAt(value: JsonObject, key: string): readonly string[] {
  const found = value[key];
  return Array.isArray(found) ? found.filter((item) => typeof item === 'string') : [];
}
