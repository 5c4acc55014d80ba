import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { ANONYMOUS } from '../access/policy.ts';
import type { AccessContext } from '../core/access-context.ts';
import { doorOf } from './connection.ts';

const REQUEST_ID = /^[\w.:-]{1,128}$/;
// https://www.w3.org/TR/trace-context/#traceparent-header
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}/;

/** Gives each request its id. */
export type RequestIds = (headers: IncomingHttpHeaders) => string;

/** Makes request ids: the client's own `X-Request-Id` if it is well-formed, else one that is unique in the pod's life. */
export function createRequestIds(): RequestIds {
  const prefix = randomBytes(6).toString('hex');
  let count = 0;
  return (headers) => {
    const given = headers['x-request-id'];
    return typeof given === 'string' && REQUEST_ID.test(given) ? given : `${prefix}-${(++count).toString(36)}`;
  };
}

/** Who asks. In open mode everyone is `anonymous`. */
export function toAccessContext({ id, raw }: FastifyRequest): AccessContext {
  const { traceparent } = raw.headers;
  const traceId = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
  const source = doorOf(raw.socket).isUnix ? 'unix' : (raw.socket.remoteAddress ?? 'unknown');
  return traceId === undefined
    ? { caller: ANONYMOUS, source, requestId: id }
    : { caller: ANONYMOUS, source, requestId: id, traceId };
}
