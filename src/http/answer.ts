import type { ServerResponse } from 'node:http';
import type { Representation } from '../cache/cache-entry.ts';
import type { Visit } from './admission.ts';

/** An answer that is whole. */
export interface Answer {
  readonly status: number;
  /** Names and values, turn by turn. */
  readonly headers: readonly string[];
  readonly representation?: Pick<Representation, 'body' | 'contentType' | 'bytes'>;
}

export interface Addressee {
  readonly visit: Visit;
  /** The connection ends with it. */
  readonly isLast: boolean;
}

/** Writes an answer in one go: the framework's way to one costs as much as all the rest of a cached read. */
export function sendAnswer(response: ServerResponse, { visit, isLast }: Addressee, answer: Answer): void {
  const headers = ['x-request-id', visit.context.requestId, ...answer.headers];
  if (isLast) headers.push('connection', 'close');
  const { representation } = answer;
  if (representation === undefined) {
    response.writeHead(answer.status, headers).end();
    return;
  }
  const { contentType, bytes } = representation;
  const body = representation.body.expose();
  headers.push('content-type', contentType, 'content-length', `${bytes}`);
  response.writeHead(answer.status, headers);
  if (typeof body !== 'string') response.end(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  // Text of one byte a character is the same in both, and is written without a look at each.
  else response.end(body, bytes === body.length ? 'latin1' : 'utf8');
}
