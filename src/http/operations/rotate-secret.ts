import type { Handler } from '../bind-operations.ts';
import { Query, spannedPath } from '../query.ts';
import { toAccessContext } from '../request-context.ts';
import { sendJson } from '../send-json.ts';
import type { OperationTools } from './operation-tools.ts';

/** `POST /v1/rotate/{path}`: the store has been asked; it may finish later. */
export function rotateSecret({ client }: OperationTools): Handler {
  return async (request, reply) => {
    const provider = new Query(request).text('provider');
    const result = await client.rotate({
      path: spannedPath(request),
      context: toAccessContext(request),
      ...(provider !== undefined && { provider }),
    });
    return sendJson(reply.code(202), result);
  };
}
