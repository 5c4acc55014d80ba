import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type RawServerDefault } from 'fastify';
import type { Client } from '../client/client.ts';
import { RequestError } from '../core/errors/request-error.ts';
import { isSecretsError } from '../core/errors/secrets-error.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { ResolveFailure } from '../resolver/resolve-failure.ts';
import { createAllowedMethods } from './allowed-methods.ts';
import { bindOperations, type Handler } from './bind-operations.ts';
import type { ContractOperation } from './contract-operations.ts';
import { fromFastifyError } from './fastify-errors.ts';
import { allowedHost, type Guard, notForwarded, sameSite } from './guards.ts';
import { readBodies } from './bodies.ts';
import type { Lifecycle } from './lifecycle.ts';
import { createLoadReader, shedLoad } from './load-shedding.ts';
import { doorOf } from './connection.ts';
import { Query, spannedPath } from './query.ts';
import { type RequestIds, toAccessContext } from './request-context.ts';
import { sendProblem } from './send-problem.ts';
import { createValidatorCompiler } from './validator-compiler.ts';

export interface AppOptions {
  readonly operations: readonly ContractOperation[];
  readonly handlers: ReadonlyMap<string, Handler>;
  /** Allowed `Host` names besides the loopback ones. */
  readonly hosts: readonly string[];
  readonly maxBodyBytes: number;
  readonly client: Pick<Client, 'recordRefusal'>;
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
  readonly log: Log;
  readonly nextRequestId: RequestIds;
}

/** The routes of the contract behind the guards; every refusal is a problem (RFC 9457). It does not listen itself. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { log } = options;
  const onError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const isExpected = isSecretsError(error) || error instanceof ResolveFailure;
    const refusal = isExpected ? error : (fromFastifyError(error) ?? error);
    if (!isExpected && refusal === error) {
      log.error({ err: refusal, request_id: request.id }, 'unexpected error');
    }
    return sendProblem(reply, refusal);
  };
  const app = Fastify<RawServerDefault>({
    logger: false,
    genReqId: ({ headers }) => options.nextRequestId(headers),
    bodyLimit: options.maxBodyBytes,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    frameworkErrors: onError,
    // The node:http limit on headers bounds it; a path that is too long is refused by its own rule.
    routerOptions: { maxParamLength: 65_536 },
  });
  app.setErrorHandler(onError);
  app.setValidatorCompiler(createValidatorCompiler());
  app.setNotFoundHandler(notFound(options.operations));
  app.addHook('onRequest', admit(options));
  shedLoad(app, { clock: options.clock, readLoad: createLoadReader() });
  readBodies(app);
  bindOperations(app, options.operations, options.handlers);
  await app.ready();
  return app;
}

/** What every request goes through first: its id on the answer, the listener's routes, the guards in their order. */
function admit({ hosts, lifecycle, client }: AppOptions) {
  const guards: readonly Guard[] = [allowedHost(hosts), notForwarded, sameSite];
  const unixGuards: readonly Guard[] = [notForwarded, sameSite];
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const { socket, headers } = request.raw;
    reply.header('x-request-id', request.id);
    if (lifecycle.isDraining) reply.header('connection', 'close');
    try {
      if (lifecycle.isClosing) throw new RequestError('Draining', 'the daemon is stopping');
      const { kind, isUnix } = doorOf(socket);
      if (kind === 'ops') assertOpsRoute(request);
      else {
        assertOriginForm(request.raw.url);
        for (const guard of isUnix ? unixGuards : guards) guard(headers);
      }
    } catch (error) {
      recordRefusal(client, request, error);
      done(error instanceof Error ? error : new TypeError('a guard threw something else than an error'));
      return;
    }
    done();
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

/** `GET http://host/path` is how proxies are asked; the host in it counts more than `Host` (RFC 9112 §3.2.2). */
function assertOriginForm(url = ''): void {
  if (url.startsWith('/') || url === '*') return;
  throw new RequestError('ForwardedRequest', 'a request in the form for proxies is not served');
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
    const methods = allowedMethods[doorOf(request.raw.socket).kind](path);
    if (methods.length === 0) return sendProblem(reply, new RequestError('RouteNotFound', 'there is no such route'));
    reply.header('allow', methods.join(', '));
    return sendProblem(reply, new RequestError('MethodNotAllowed', `the method ${request.method} is not allowed here`));
  };
}
