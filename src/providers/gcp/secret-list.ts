import { isObject, type JsonObject } from '../../core/json-object.ts';
import type { ListQuery } from '../../core/provider.ts';
import type { Page, SecretMetadata } from '../../core/secret.ts';
import { textAt } from '../../core/json-fields.ts';
import { bodyOf, type GcpClient } from './client.ts';
import type { ResourceNames } from './resource-names.ts';
import { toIdPrefix, toPath } from './secret-name.ts';
import { toMetadata } from './to-metadata.ts';

// The store allows 25,000; at this size an answer stays below a megabyte for secrets with some labels.
const PAGE_SIZE = 1_000;
const PLAIN = /^[a-z0-9_-]+$/;

/**
 * Secrets below a plain string prefix, ordered by name. The store lists them newest first, so all that its filter lets
 * through are read for each page; the filter is checked again here, since it knows substrings only. The cursor is the last
 * name, so that it holds its place whatever comes or goes.
 */
export async function listSecrets(
  query: ListQuery,
  { client, names }: { readonly client: GcpClient; readonly names: ResourceNames },
  signal: AbortSignal,
): Promise<Page<SecretMetadata>> {
  const idPrefix = toIdPrefix(query.prefix);
  if (idPrefix === undefined) return { items: [] };
  const filter = toFilter(idPrefix, query.tags);
  const found: SecretMetadata[] = [];
  let pageToken = '';
  do {
    const parameters = { pageSize: String(PAGE_SIZE), pageToken, filter };
    const body = bodyOf(await client({ method: 'GET', path: names.secrets, query: parameters }, signal), {});
    found.push(...toItems(body).filter((item) => matches(item, query)));
    pageToken = textAt(body, 'nextPageToken') ?? '';
  } while (pageToken !== '');
  found.sort((a, b) => (a.name < b.name ? -1 : 1));
  const items = found.slice(0, query.limit);
  const last = items.at(-1);
  return { items, ...(found.length > items.length && last !== undefined && { nextCursor: last.name }) };
}

function toItems(body: JsonObject): readonly SecretMetadata[] {
  const { secrets } = body;
  if (!Array.isArray(secrets)) return [];
  return secrets.filter(isObject).flatMap((secret) => {
    const id = /\/secrets\/([^/]+)$/.exec(textAt(secret, 'name') ?? '')?.[1];
    return id === undefined ? [] : [toMetadata(toPath(id), secret)];
  });
}

function matches({ name, tags = {} }: SecretMetadata, query: ListQuery): boolean {
  const { prefix, cursor } = query;
  if (!name.startsWith(prefix) || (cursor !== undefined && name <= cursor)) return false;
  return Object.entries(query.tags).every(([key, value]) => Object.hasOwn(tags, key) && tags[key] === value);
}

/** What the store can look for; what it might read in another way is left to us. */
function toFilter(idPrefix: string, tags: ListQuery['tags']): string {
  const labels = Object.entries(tags).filter(([key, value]) => PLAIN.test(key) && PLAIN.test(value));
  const terms = labels.map(([key, value]) => `labels.${key}=${value}`);
  return [...(idPrefix === '' ? [] : [`name:${idPrefix}`]), ...terms].join(' AND ');
}
