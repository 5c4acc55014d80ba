import type { JsonObject } from '../../core/json-object.ts';

/** A number, or a text that is one; Azure's token services send both. */
export function numberAt(body: JsonObject, key: string): number | undefined {
  const value = body[key];
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
