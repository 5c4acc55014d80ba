import { ProviderError } from '../../core/errors/provider-error.ts';
import { type Answer, rowsOf } from './answer.ts';
import { type Attributes, parseAttributes } from './attributes.ts';
import type { AzureClient } from './client.ts';
import { type Subject, toSecretError } from './errors.ts';

// The most that the vault allows.
const MAX_RESULTS = 25;

/** All items of a list; an empty page that has a next one is not the end. */
export async function readPages(
  client: AzureClient,
  ask: { readonly path: string; readonly subject: Subject },
  signal: AbortSignal,
): Promise<readonly Attributes[]> {
  const first = client.toUrl(`${ask.path}?maxresults=${MAX_RESULTS}`);
  const items: Attributes[] = [];
  for (let url: URL | undefined = first; url !== undefined;) {
    const answer: Answer = await client.get(url, signal);
    const rows = rowsOf(answer);
    if (rows === undefined) throw toSecretError(answer, ask.subject);
    for (const row of rows) {
      const attributes = parseAttributes(row);
      if (attributes !== undefined) items.push(attributes);
    }
    url = nextUrl(answer, first);
  }
  return items;
}

/** Taken as it is, but the token that goes along is for the vault alone. */
function nextUrl({ body }: Answer, first: URL): URL | undefined {
  const link = body?.['nextLink'];
  if (typeof link !== 'string' || link === '') return undefined;
  const url = URL.parse(link);
  if (url?.origin !== first.origin)
    throw new ProviderError('ProviderUnavailable', "the vault's list goes on at another host, which is not followed");
  return url;
}
