import type { JsonObject } from '../../core/json-object.ts';
import type { ListQuery } from '../../core/provider.ts';
import type { Page, SecretMetadata } from '../../core/secret.ts';
import type { AwsClient } from './client.ts';
import { objectsAt, textAt } from '../../core/json-fields.ts';
import { parsePlace, toCursor, type Place } from './list-place.ts';
import { isName } from './locate-secret.ts';
import { toMetadata } from './to-metadata.ts';

const PAGE_SIZE = 100;
// A page is one attempt under one deadline, and AWS allows a hundred such calls a second to all readers together.
const MAX_CALLS = 10;
// What AWS takes as the value of a filter; it reads `!` at the start as "not".
const FILTER_VALUE = /^[\w :@/+=.-][\w :@/+=.!-]{0,511}$/;

/**
 * Secrets whose names begin with a plain string prefix and that carry all of the tags. AWS is asked to sort by name;
 * each of its pages is put into the order of our paths, too. It filters by words and prefixes, so its answer is looked
 * through again, and a page of it may be empty though more follows. Ours ends early, even empty, after ten calls.
 */
export async function listSecrets(
  client: AwsClient,
  query: ListQuery,
  signal: AbortSignal,
): Promise<Page<SecretMetadata>> {
  if (query.prefix !== '' && !isName(query.prefix)) return { items: [] };
  const region = await client.region(signal);
  const items: SecretMetadata[] = [];
  let place: Place | undefined = parsePlace(query.cursor);
  for (let calls = 0; place !== undefined && calls < MAX_CALLS && items.length < query.limit; calls++) {
    const { token, after = '' }: Place = place;
    const answer = await client.ask({ subject: { operation: 'ListSecrets' }, input: toInput(query, token) }, signal);
    const found = objectsAt(answer, 'SecretList')
      .map((row) => toMetadata(row, { name: textAt(row, 'Name') ?? '', region }))
      .filter((item) => item.name > after && isWanted(item, query))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const taken = found.slice(0, query.limit - items.length);
    items.push(...taken);
    if (taken.length < found.length) place = { token, after: taken.at(-1)?.name };
    else place = toNext(textAt(answer, 'NextToken'));
  }
  return { items, ...(place !== undefined && { nextCursor: toCursor(place) }) };
}

const toNext = (token: string | undefined): Place | undefined =>
  token === undefined ? undefined : { token, after: undefined };

/** The size of a page and the filters stay the same from page to page, as a token wants it. */
function toInput({ prefix, tags }: ListQuery, token: string | undefined): JsonObject {
  const filters = [...(FILTER_VALUE.test(prefix) ? [{ Key: 'name', Values: [prefix] }] : []), ...toTagFilters(tags)];
  return {
    MaxResults: PAGE_SIZE,
    SortBy: 'name',
    SortOrder: 'asc',
    IncludePlannedDeletion: false,
    ...(filters.length > 0 && { Filters: filters }),
    ...(token !== undefined && { NextToken: token }),
  };
}

/** For the first tag that a filter can tell; AWS does not say how it takes several filters of one kind. */
function toTagFilters(tags: ListQuery['tags']): readonly JsonObject[] {
  const [key, value] = Object.entries(tags).find(([key]) => FILTER_VALUE.test(key)) ?? [];
  return [
    ...(key === undefined ? [] : [{ Key: 'tag-key', Values: [key] }]),
    ...(value !== undefined && FILTER_VALUE.test(value) ? [{ Key: 'tag-value', Values: [value] }] : []),
  ];
}

const isWanted = (item: SecretMetadata, { prefix, tags }: ListQuery): boolean =>
  item.name.startsWith(prefix) && Object.entries(tags).every(([key, value]) => item.tags?.[key] === value);
