import type { Handler } from '../bind-operations.ts';
import { toAccessContext } from '../request-context.ts';
import { sendJson } from '../send-json.ts';
import type { OperationTools } from './operation-tools.ts';

/** `POST /v1/resolve`: text in, text out; JSON `{text}` in, JSON out. */
export function resolveReferences({ resolver }: OperationTools): Handler {
  return async (request, reply) => {
    const { body } = request;
    const isText = typeof body === 'string';
    const resolved = await resolver.resolve(isText ? body : parseText(body), toAccessContext(request));
    if (!isText) return sendJson(reply, resolved);
    return reply.type('text/plain; charset=utf-8').header('cache-control', 'no-store').send(resolved.text);
  };
}

/** The contract has checked the body; the cast says no more than its schema. */
function parseText(body: unknown): string {
  return (body as { readonly text: string }).text;
}
