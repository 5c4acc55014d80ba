import { once } from 'node:events';
import { Socket } from 'node:net';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { Identity } from '../access/identity.ts';
import type { ListenAddress, ListenerConfig, ListenerTls } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import { RequestError } from '../core/errors/request-error.ts';
import type { Connection, Door } from './connection.ts';
import type { ListenerKind } from './contract-operations.ts';
import { readListenerTls, tlsOptions } from './listener-tls.ts';
import { MAX_CONNECTIONS, OpenConnections } from './open-connections.ts';
import { listenUnix, permit } from './unix-socket.ts';
import { listenTcp } from './tcp-port.ts';
import { parseRequestId } from './header-facts.ts';
import type { RequestIds } from './request-context.ts';
import { toProblemAnswer } from './problem-answer.ts';
import { writeProblem } from './send-problem.ts';

/** What may be changed about an open door. */
export type DoorSettings = Omit<ListenerConfig, 'address'>;

export interface ListenerOptions extends DoorSettings {
  readonly kind: ListenerKind;
  readonly address: ListenAddress;
  readonly onRequest: (connection: Connection, request: IncomingMessage, response: ServerResponse) => void;
  readonly nextRequestId: RequestIds;
  readonly clock: Clock;
}

/** An open door: one bound address. */
export interface Listener {
  readonly kind: ListenerKind;
  /** As a client names it: `127.0.0.1:8200`, `[::1]:8200`, `unix:/path`; with the real port. */
  readonly name: string;
  /**
   * Reads what another configuration says of this door, without a change yet.
   * @returns what puts it into force
   * @throws ConfigurationError
   */
  prepare(settings: DoorSettings): Promise<() => void>;
  /**
   * Takes no more connections, closes the idle ones, and resolves when those with a request under way are done. A client
   * that says nothing, or not all, or does not read its answer, cannot hold it back for ever.
   */
  close(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
// How often Node looks for requests that take too long.
const CHECK_MS = 2_000;
// A connection on which nothing comes is cut after one to two of these.
const IDLE_MS = 75_000;
// What has been sent before may still be on its way.
const LAST_WORDS_MS = 500;
// While closing: beyond the deadline of a request (10 s unless configured), within the usual 30 s that a pod is given.
const LAST_ANSWERS_MS = 20_000;

const serverOptions = {
  // A missing Host is refused by our own guard, with a body like any other refusal.
  requireHostHeader: false,
  // A header that may come once is no right one when it comes twice: which of them counts must not be a question.
  joinDuplicateHeaders: true,
  // A request that has no body is no stream: nobody waits for its end.
  optimizeEmptyRequests: true,
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: CHECK_MS,
};

/** Binds one address. @throws ConfigurationError when it is taken or may not be bound, or its certificate cannot be used. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { kind, address } = options;
  const server = await createListenerServer(options.tls, (request, response) => {
    const connection = connections.of(request.socket);
    if (connection === undefined) return;
    const welcome = connection.asked(response);
    if (welcome === 'welcome') options.onRequest(connection, request, response);
    else if (welcome === 'excess') refuseExcess(response, idOf(options.nextRequestId, request), options.clock);
    connection.handled(response);
  });
  const door: Door = { kind, isUnix: address.kind === 'unix', identity: toIdentity(options) };
  const connections = new OpenConnections(server, door, (socket) =>
    writeProblem(socket, new RequestError('Overloaded', 'too many connections are open'), options.nextRequestId()),
  );
  cutIdleConnections(server, connections, options.clock);
  refuseInOurTerms(server, connections, options.nextRequestId);
  const name =
    address.kind === 'unix' ? await listenUnix(server, address.path, options.socket) : await listenTcp(server, address);
  const prepare = async (settings: DoorSettings): Promise<() => void> => {
    const renewCertificate = await prepareCertificate(server, settings.tls);
    return () => {
      renewCertificate();
      if (address.kind === 'unix') permit(address.path, settings.socket);
      door.identity = toIdentity(settings);
    };
  };
  return { kind, name, prepare, close: () => close(server, connections, options.clock) };
}

async function createListenerServer(tls: ListenerTls | undefined, onRequest: RequestListener): Promise<Server> {
  const server =
    tls === undefined
      ? createServer(serverOptions, onRequest)
      : createTlsServer({ ...serverOptions, ...(await readListenerTls(tls)), ...tlsOptions(tls) }, onRequest);
  // Node leaves out what is beyond, and so what the guards look for; a guard counts.
  server.maxHeadersCount = 0;
  // With TLS, those that have not shaken hands yet are none of ours; they are cut without an answer.
  server.maxConnections = 2 * MAX_CONNECTIONS;
  // Node's own time-out sets a timer with each request.
  server.keepAliveTimeout = 0;
  return server;
}

/** @returns what makes new connections use it */
async function prepareCertificate(server: Server, tls: ListenerTls | undefined): Promise<() => void> {
  if (tls === undefined || !(server instanceof TlsServer)) return () => undefined;
  const material = await readListenerTls(tls);
  return () => server.setSecureContext(material);
}

const toIdentity = ({ caller }: DoorSettings): Identity | undefined => (caller === undefined ? undefined : { caller });

function cutIdleConnections(server: Server, connections: OpenConnections, clock: Clock): void {
  const look = (): void => {
    connections.cutIdle();
    timer = clock.after(IDLE_MS, look);
  };
  let timer = clock.after(IDLE_MS, look);
  server.once('close', () => timer.cancel());
}

/** What Node would answer by itself, without a body or not at all. */
function refuseInOurTerms(server: Server, connections: OpenConnections, nextRequestId: RequestIds): void {
  server.on('clientError', (error, socket) => {
    // What comes after what was refused is refused with it.
    if (socket.writableEnded) return;
    // A handshake that failed: there is nobody to tell.
    if (!(socket instanceof Socket) || connections.of(socket) === undefined) socket.destroy();
    else if (!putBack(error, socket)) writeProblem(socket, toRequestError(error), nextRequestId());
  });
  server.on('connect', (request, socket) => {
    writeProblem(
      socket,
      new RequestError('MethodNotAllowed', 'the method CONNECT is not allowed'),
      idOf(nextRequestId, request),
    );
  });
  server.on('checkExpectation', (request, response) => {
    response.shouldKeepAlive = false;
    const error = new RequestError('MalformedRequest', "the request's 'Expect' is not supported");
    if (response.socket !== null) writeProblem(response.socket, error, idOf(nextRequestId, request));
  });
}

/**
 * Over TLS, Node hands its parser what still came in after it has paused it, since a client asks on before it reads, and
 * takes the parser's refusal for the client's mistake. The bytes are put back, to be read when the parser goes on.
 */
function putBack(error: Error, socket: Socket): boolean {
  if (!('code' in error && error.code === 'HPE_PAUSED' && 'rawPacket' in error)) return false;
  const { rawPacket } = error;
  if (!(rawPacket instanceof Uint8Array)) return false;
  socket.unshift(rawPacket);
  return true;
}

/**
 * Nothing is answered on the connection after it. It stays open for a while: closed with requests unread, it would be
 * reset, and a client that is told of that first loses the answers that it has not read.
 */
function refuseExcess(response: ServerResponse, requestId: string, clock: Clock): void {
  const error = new RequestError('Overloaded', 'too many requests wait on one connection');
  const { status, headers, body } = toProblemAnswer(error, requestId, '');
  response.writeHead(status, { ...headers, connection: 'close', 'content-length': Buffer.byteLength(body) });
  response.write(body, () => {
    response.req.socket.pause();
    clock.after(LAST_WORDS_MS, () => response.end());
  });
}

const idOf = (nextRequestId: RequestIds, { headers }: IncomingMessage): string =>
  parseRequestId(headers) ?? nextRequestId();

function toRequestError(error: Error): RequestError {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'HPE_HEADER_OVERFLOW')
    return new RequestError('HeadersTooLarge', 'the request line and headers are too large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new RequestError('RequestTimeout', 'the request did not arrive in time');
  return new RequestError('MalformedRequest', 'this is not an HTTP request');
}

async function close(server: Server, connections: OpenConnections, clock: Clock): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timers = [
    clock.after(LAST_WORDS_MS, () => connections.cutUnasked()),
    clock.after(LAST_ANSWERS_MS, () => server.closeAllConnections()),
  ];
  await closed;
  for (const timer of timers) timer.cancel();
}
