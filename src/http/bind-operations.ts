import type { FastifyInstance, FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import type { Operation } from '../core/access-context.ts';
import { RequestError } from '../core/errors/request-error.ts';
import type { JsonObject } from '../core/json-object.ts';
import type { ContractOperation, ListenerKind } from './contract-operations.ts';

/** Answers one operation of the contract: a promise of the reply, or nothing when the reply has been sent. */
export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> | void;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The listeners that answer the route. */
    listeners?: readonly ListenerKind[];
    isSpared?: boolean;
    needsCaller?: boolean;
    /** The policy operation of the route; absent where no secret is touched. */
    access?: Operation;
  }
}

/**
 * Makes a route of each operation of the contract.
 * @throws TypeError when an operation has no handler or a handler no operation: such a daemon must not start.
 */
export function bindOperations(
  app: FastifyInstance,
  operations: readonly ContractOperation[],
  handlers: ReadonlyMap<string, Handler>,
): void {
  const unbound = new Set(handlers.keys());
  for (const operation of operations) {
    const handler = handlers.get(operation.id);
    if (handler === undefined) throw new TypeError(`operation '${operation.id}' of the contract has no handler`);
    unbound.delete(operation.id);
    app.route({
      method: operation.method,
      url: toUrl(operation),
      schema: {
        querystring: operation.querySchema,
        ...(operation.bodyContent !== undefined && { body: { content: operation.bodyContent } }),
        response: Object.fromEntries(
          Object.entries(operation.responseContent).map(([status, content]) => [status, { content }]),
        ),
      },
      config: {
        listeners: operation.listeners,
        isSpared: operation.isSpared,
        needsCaller: operation.needsCaller,
        ...(operation.access !== undefined && { access: operation.access }),
      },
      ...(operation.bodyContent !== undefined && { preValidation: onlyBodies(operation.bodyContent) }),
      handler: (request, reply) => handler(request, reply),
    });
  }
  for (const id of unbound) throw new TypeError(`handler '${id}' has no operation in the contract`);
}

/** The framework does not validate a body of a type that it can parse and the contract does not have, or none at all. */
function onlyBodies(content: JsonObject): preValidationHookHandler {
  const types = new Set(Object.keys(content));
  return (request, _reply, done) => {
    if (request.body === undefined) done(new RequestError('InvalidBody', 'the body is missing'));
    else if (types.has(request.mediaType ?? '')) done();
    else done(new RequestError('UnsupportedMediaType', "the 'Content-Type' is not one that this route reads"));
  };
}

/** OpenAPI has no parameter that spans slashes; the router's wildcard stands for the one we mark. */
function toUrl({ template, spanningParameter }: ContractOperation): string {
  return spanningParameter === undefined ? template : template.replace(`{${spanningParameter}}`, '*');
}
