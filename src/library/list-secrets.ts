import type { Client } from '../client/client.ts';
import type { AccessContext } from '../core/access-context.ts';
import type { Clock } from '../core/clock.ts';
import { RequestError } from '../core/errors/request-error.ts';
import type { ListOptions, SecretList, SecretMetadata } from './secrets-client.ts';
import { toMetadata } from './to-metadata.ts';

export interface ListedSecrets {
  readonly client: Client;
  readonly clock: Clock;
  readonly context: AccessContext;
}

const MAX_PAGE = 1_000;

/** Walks the pages of a list until its end, or until there are as many as are wanted. */
export async function listSecrets(
  { client, clock, context }: ListedSecrets,
  prefix: string,
  options: ListOptions = {},
): Promise<SecretList> {
  const { maxResults = Infinity, nextToken, tags = {}, provider } = options;
  if (!(maxResults >= 1)) throw new RequestError('InvalidParameter', "'maxResults' must be at least 1");
  const found: SecretMetadata[] = [];
  let cursor = nextToken;
  do {
    const page = await client.list({
      prefix,
      tags,
      limit: Math.min(MAX_PAGE, Math.trunc(maxResults) - found.length),
      context,
      ...(cursor !== undefined && { cursor }),
      ...(provider !== undefined && { provider }),
    });
    const answeredAt = new Date(clock.wallMs());
    for (const item of page.items) found.push(toMetadata(item, { path: item.path, answeredAt }));
    cursor = page.nextCursor;
  } while (cursor !== undefined && found.length < Math.trunc(maxResults));
  return cursor === undefined ? found : Object.assign(found, { nextToken: cursor });
}
