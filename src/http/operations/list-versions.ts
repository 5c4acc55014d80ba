import type { Handler } from '../bind-operations.ts';
import { Query, spannedPath } from '../query.ts';
import { toAccessContext } from '../request-context.ts';
import type { OperationTools } from './operation-tools.ts';

/** `GET /v1/versions/{path}` */
export function listVersions({ client }: OperationTools): Handler {
  return async (request, reply) => {
    const query = new Query(request);
    const [provider, cursor] = [query.text('provider'), query.text('cursor')];
    const page = await client.versions({
      path: spannedPath(request),
      limit: query.number('limit') ?? 100,
      context: toAccessContext(request),
      ...(provider !== undefined && { provider }),
      ...(cursor !== undefined && { cursor }),
    });
    return reply
      .type('application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send({ versions: page.items, nextCursor: page.nextCursor });
  };
}
