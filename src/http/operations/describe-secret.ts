import type { Handler } from '../bind-operations.ts';
import { Query, spannedPath } from '../query.ts';
import { toAccessContext } from '../request-context.ts';
import { sendJson } from '../send-json.ts';
import type { OperationTools } from './operation-tools.ts';

/** `GET /v1/metadata/{path}` */
export function describeSecret({ client }: OperationTools): Handler {
  return async (request, reply) => {
    const provider = new Query(request).text('provider');
    const metadata = await client.describe({
      path: spannedPath(request),
      context: toAccessContext(request),
      ...(provider !== undefined && { provider }),
    });
    return sendJson(reply, metadata);
  };
}
