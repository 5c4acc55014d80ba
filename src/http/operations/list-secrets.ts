import type { Handler } from '../bind-operations.ts';
import { parsePaging } from '../paging.ts';
import { Query } from '../query.ts';
import { toAccessContext } from '../request-context.ts';
import { sendJson } from '../send-json.ts';
import type { OperationTools } from './operation-tools.ts';

/** `GET /v1/secrets?prefix=` */
export function listSecrets({ client }: OperationTools): Handler {
  return async (request, reply) => {
    const query = new Query(request);
    const page = await client.list({
      prefix: query.text('prefix') ?? '',
      tags: toTags(query.texts('tag')),
      ...parsePaging(query),
      context: toAccessContext(request),
    });
    return sendJson(reply, { secrets: page.items, nextCursor: page.nextCursor });
  };
}

/** `k=v`, split at the first `=`. Null prototype: the names are the caller's. */
function toTags(pairs: readonly string[]): Readonly<Record<string, string>> {
  const tags: Record<string, string> = Object.create(null);
  for (const pair of pairs) tags[pair.slice(0, pair.indexOf('='))] = pair.slice(pair.indexOf('=') + 1);
  return tags;
}
