import type { Handler } from '../bind-operations.ts';
import { parsePaging } from '../paging.ts';
import { Query, spannedPath } from '../query.ts';
import { toAccessContext } from '../request-context.ts';
import { sendJson } from '../send-json.ts';
import type { OperationTools } from './operation-tools.ts';

/** `GET /v1/versions/{path}` */
export function listVersions({ client }: OperationTools): Handler {
  return async (request, reply) => {
    const page = await client.versions({
      path: spannedPath(request),
      ...parsePaging(new Query(request)),
      context: toAccessContext(request),
    });
    return sendJson(reply, { versions: page.items, nextCursor: page.nextCursor });
  };
}
