import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type RawServerDefault } from 'fastify';
import type { Client } from '../client/client.ts';
import { RequestError } from '../core/errors/request-error.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Admission } from './admission.ts';
import { createAllowedMethods } from './allowed-methods.ts';
import { isExpected, noteUnexpected } from './answer-problem.ts';
import { bindOperations, type Handler } from './bind-operations.ts';
import type { ContractOperation } from './contract-operations.ts';
import { fromFastifyError } from './fastify-errors.ts';
import { readBodies } from './bodies.ts';
import type { Lifecycle } from './lifecycle.ts';
import { createLoadReader, shedLoad } from './load-shedding.ts';
import { Query, spannedPath } from './query.ts';
import { toAccessContext, visitOf } from './request-context.ts';
import { sendProblem } from './send-problem.ts';
import { createSerializerCompiler } from './serializer-compiler.ts';
import { createValidatorCompiler } from './validator-compiler.ts';

export interface AppOptions {
  readonly operations: readonly ContractOperation[];
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly maxBodyBytes: number;
  readonly client: Pick<Client, 'recordRefusal'>;
  readonly admission: Pick<Admission, 'enter'>;
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
  readonly log: Log;
}

export interface App {
  readonly routes: FastifyInstance;
  /** Whether requests are refused for the load that there is. */
  readonly isOverloaded: () => boolean;
}

/** The routes of the contract; every refusal is a problem (RFC 9457). It does not listen itself. */
export async function createApp(options: AppOptions): Promise<App> {
  const { log } = options;
  const onError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const refusal = isExpected(error) ? error : (fromFastifyError(error) ?? error);
    noteUnexpected(log, refusal, request.id);
    return sendProblem(reply, refusal);
  };
  const app = Fastify<RawServerDefault>({
    logger: false,
    genReqId: (raw) => visitOf(raw).context.requestId,
    bodyLimit: options.maxBodyBytes,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    frameworkErrors: onError,
    // The node:http limit on headers bounds it; a path that is too long is refused by its own rule.
    routerOptions: { maxParamLength: 65_536 },
  });
  app.setErrorHandler(onError);
  app.setValidatorCompiler(createValidatorCompiler());
  app.setSerializerCompiler(createSerializerCompiler());
  app.setNotFoundHandler(notFound(options.operations));
  app.addHook('onRequest', takeIn(options));
  const isOverloaded = shedLoad(app, { clock: options.clock, readLoad: createLoadReader() });
  app.addHook('onRequest', letIn(options));
  readBodies(app);
  bindOperations(app, options.operations, options.handlers);
  await app.ready();
  return { routes: app, isOverloaded };
}

/** Its id on the answer; then what the guards said, now that it is known what is asked, and the listener's routes. */
function takeIn({ lifecycle, client }: AppOptions) {
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const { connection, refusal } = visitOf(request.raw);
    reply.header('x-request-id', request.id);
    if (lifecycle.isDraining) reply.header('connection', 'close');
    try {
      if (refusal !== undefined) throw refusal;
      if (connection.door.kind === 'ops') assertOpsRoute(request);
    } catch (error) {
      recordRefusal(client, request, error);
      done(error instanceof Error ? error : new TypeError('a guard threw something else than an error'));
      return;
    }
    done();
  };
}

/** Who asks, on the routes that only a caller may use. */
function letIn({ admission, client }: AppOptions) {
  return (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
    const visit = visitOf(request.raw);
    if (request.routeOptions.config.needsCaller !== true || visit.connection.door.kind === 'ops') {
      done();
      return;
    }
    const refuse = (error: unknown): void => {
      recordRefusal(client, request, error);
      done(error instanceof Error ? error : new TypeError('something else than an error was thrown'));
    };
    const wait = async (entering: Promise<void>): Promise<void> => {
      try {
        await entering;
      } catch (error) {
        refuse(error);
        return;
      }
      done();
    };
    try {
      const entering = admission.enter(visit);
      if (entering === undefined) done();
      else void wait(entering);
    } catch (error) {
      refuse(error);
    }
  };
}

/** A guard's refusal of an access is an access, too. */
function recordRefusal(client: AppOptions['client'], request: FastifyRequest, error: unknown): void {
  const { access } = request.routeOptions.config;
  if (access === undefined) return;
  const query = new Query(request);
  const path = spannedPath(request) || (query.text('path') ?? query.text('prefix') ?? '');
  client.recordRefusal({ operation: access, path, context: toAccessContext(request) }, error);
}

function assertOpsRoute(request: FastifyRequest): void {
  const { listeners } = request.routeOptions.config;
  if (request.is404) return;
  if (listeners?.includes('ops') !== true)
    throw new RequestError('RouteNotFound', 'this listener has health and metrics only');
}

function notFound(operations: readonly ContractOperation[]) {
  const allowedMethods = {
    api: createAllowedMethods(operations),
    ops: createAllowedMethods(operations.filter(({ listeners }) => listeners.includes('ops'))),
  };
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const [path = ''] = (request.raw.url ?? '').split('?');
    const methods = allowedMethods[visitOf(request.raw).connection.door.kind](path);
    if (methods.length === 0) return sendProblem(reply, new RequestError('RouteNotFound', 'there is no such route'));
    reply.header('allow', methods.join(', '));
    return sendProblem(reply, new RequestError('MethodNotAllowed', `the method ${request.method} is not allowed here`));
  };
}
