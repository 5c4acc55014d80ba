import type { Handler } from '../bind-operations.ts';
import { Query, spannedPath } from '../query.ts';
import { toAccessContext } from '../request-context.ts';
import type { OperationTools } from './operation-tools.ts';

/** `DELETE /v1/cache/{path}` */
export function invalidateSecret({ client }: OperationTools): Handler {
  return async (request, reply) => {
    await client.invalidate(spannedPath(request), toAccessContext(request));
    return reply.code(204).send();
  };
}

/** `DELETE /v1/cache?prefix=` */
export function invalidatePrefix({ client }: OperationTools): Handler {
  return async (request, reply) => {
    await client.invalidatePrefix(new Query(request).text('prefix') ?? '', toAccessContext(request));
    return reply.code(204).send();
  };
}
