import type { Page } from './secret.ts';

/** The first `limit` items, with the key of the last one as cursor when more follow. */
export function pageOf<T>(items: readonly T[], limit: number, keyOf: (item: T) => string): Page<T> {
  const page = items.slice(0, limit);
  const last = page.at(-1);
  return items.length > limit && last !== undefined ? { items: page, nextCursor: keyOf(last) } : { items: page };
}
