import type { JsonObject } from '../../core/json-object.ts';

/** Whole seconds as milliseconds; 0 when absent. */
export function secondsAt(value: JsonObject, key: string): number {
  const found = value[key];
  return typeof found === 'number' && found > 0 ? found * 1000 : 0;
}
