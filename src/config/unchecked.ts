import type { KeyPath } from './key-path.ts';

/** The list at the path; empty when there is none. */
export function listAt(settings: unknown, path: KeyPath): readonly unknown[] {
  const found = valueAt(settings, path);
  return Array.isArray(found) ? found : [];
}

/** The text at the path; undefined when there is none. */
export function textAt(settings: unknown, path: KeyPath): string | undefined {
  const found = valueAt(settings, path);
  return typeof found === 'string' ? found : undefined;
}

/** Whether there is anything at the path. */
export function hasKey(settings: unknown, path: KeyPath): boolean {
  return valueAt(settings, path) !== undefined;
}

function valueAt(settings: unknown, path: KeyPath): unknown {
  let found = settings;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = Reflect.get(found, step);
  }
  return found;
}
