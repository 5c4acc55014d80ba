import type { FastifyRequest } from 'fastify';
import type { WatchRequest } from '../../client/watcher.ts';
import { RequestError } from '../../core/errors/request-error.ts';
import type { Handler } from '../bind-operations.ts';
import { Query } from '../query.ts';
import { toAccessContext } from '../request-context.ts';
import type { OperationTools } from './operation-tools.ts';

/** `GET /v1/watch`: server-sent events until the caller leaves. */
export function watchSecrets({ client, watches }: OperationTools): Handler {
  return async (request, reply) => {
    const watch = toWatch(request);
    watches.assertRoom(watch.context.caller);
    await client.watcher.admit(watch);
    const lastEventId = toLastEventId(request);
    await watches.prepare(watch, lastEventId);
    // Whatever went wrong until here was answered with a problem; from here on nothing is but events.
    reply.hijack();
    reply.raw.writeHead(200, {
      'x-request-id': request.id,
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // The connection ends with the watch.
      connection: 'close',
    });
    watches.open({ request: watch, response: reply.raw, ...(lastEventId !== undefined && { lastEventId }) });
  };
}

function toLastEventId({ raw }: FastifyRequest): string | undefined {
  const id = raw.headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function toWatch(request: FastifyRequest): WatchRequest {
  const query = new Query(request);
  const [path, prefix] = [query.text('path'), query.text('prefix')];
  const context = toAccessContext(request);
  if (path !== undefined && prefix === undefined) return { path, context };
  if (prefix !== undefined && path === undefined) return { prefix, context };
  throw new RequestError('InvalidParameter', "exactly one of 'path' and 'prefix' is needed");
}
