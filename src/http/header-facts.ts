import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Identity } from '../access/identity.ts';
import type { TraceContext } from '../core/tracer.ts';
import type { Connection } from './connection.ts';
import { wantsRaw } from './wants-raw.ts';

/** What the headers of a request say, as far as every read asks for it. */
export interface HeaderFacts {
  readonly rawHeaders: readonly string[];
  /** The client's own `X-Request-Id`, if it is well-formed. */
  readonly requestId: string | undefined;
  /** W3C `traceparent` and `tracestate`. */
  readonly trace: TraceContext | undefined;
  /** Whether the bytes of the value alone are wanted. */
  readonly wantsRaw: boolean;
  /** `If-None-Match` */
  readonly condition: string | undefined;
  /** The guards that they have passed. */
  passed: unknown;
  /** Who shows them, for those guards. */
  identity: Identity | undefined;
}

const REQUEST_ID = /^[\w.:-]{1,128}$/;
// https://www.w3.org/TR/trace-context/#traceparent-header
// Of version 00 that is all; of later ones more may follow a dash.
const TRACEPARENT =
  /^(?:00(?=.{53}$)|(?!00|ff)[\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-[\da-f]([\da-f])(?:-|$)/;

/** The facts of a request: those of the one before it on the connection where its headers are the same, byte for byte. */
export function headerFactsOf(connection: Connection, request: IncomingMessage): HeaderFacts {
  const { headerFacts: known } = connection;
  const { rawHeaders } = request;
  if (known !== undefined && isSame(known.rawHeaders, rawHeaders)) return known;
  const facts = toFacts(rawHeaders, request.headers);
  connection.headerFacts = facts;
  return facts;
}

function toFacts(rawHeaders: readonly string[], headers: IncomingHttpHeaders): HeaderFacts {
  return {
    rawHeaders,
    requestId: parseRequestId(headers),
    trace: parseTrace(headers),
    wantsRaw: wantsRaw(headers.accept),
    condition: headers['if-none-match'],
    passed: undefined,
    identity: undefined,
  };
}

export function parseRequestId({ 'x-request-id': given }: IncomingHttpHeaders): string | undefined {
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : undefined;
}

function parseTrace({ traceparent, tracestate }: IncomingHttpHeaders): TraceContext | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const isSampled = (Number.parseInt(flags, 16) & 1) === 1;
  const trace = { traceId, spanId, isSampled, isRemote: true };
  return typeof tracestate === 'string' ? { ...trace, state: tracestate } : trace;
}

function isSame(known: readonly string[], headers: readonly string[]): boolean {
  if (known.length !== headers.length) return false;
  for (let at = 0; at < known.length; at += 1) if (known[at] !== headers[at]) return false;
  return true;
}
