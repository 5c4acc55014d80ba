import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { AccessContext } from '../core/access-context.ts';
import type { Visit } from './admission.ts';

/** Makes request ids, unique in the pod's life. */
export type RequestIds = () => string;

export function createRequestIds(): RequestIds {
  const prefix = `${randomBytes(6).toString('hex')}-`;
  let count = 0;
  return () => `${prefix}${++count}`;
}

const visits = new WeakMap<IncomingMessage, Visit>();

/** Hands a visit on to the routes, which know the request by the framework's name for it. */
export const rememberVisit = (request: IncomingMessage, visit: Visit): void => void visits.set(request, visit);

/** @throws TypeError for a request that did not come in by the door. */
export function visitOf(request: IncomingMessage): Visit {
  const visit = visits.get(request);
  if (visit === undefined) throw new TypeError('a request that was not admitted');
  return visit;
}

/** Who asks. */
export const toAccessContext = ({ raw }: FastifyRequest): AccessContext => visitOf(raw).context;
