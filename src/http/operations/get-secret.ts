import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CacheEntry } from '../../cache/cache-entry.ts';
import type { ReadAnswer } from '../../client/failover.ts';
import type { ReadRequest } from '../../client/secret-reader.ts';
import { RequestError } from '../../core/errors/request-error.ts';
import { parseDuration } from '../../core/duration.ts';
import type { Handler } from '../bind-operations.ts';
import { matchesEntityTag } from '../entity-tag.ts';
import { Query, spannedPath } from '../query.ts';
import { toAccessContext } from '../request-context.ts';
import { type BodyChoice, representationName } from '../secret-body.ts';
import { wantsRaw } from '../wants-raw.ts';
import { awaitChange, type LongPoll } from './await-change.ts';
import type { OperationTools } from './operation-tools.ts';

interface Asked {
  readonly read: ReadRequest;
  readonly choice: BodyChoice;
  /** For a long poll. */
  readonly waitMs?: number;
}

const LONGEST_WAIT_MS = 60_000;

/** `GET /v1/secrets/{path}`. A cached secret is answered without a turn of the event loop. */
export function getSecret(tools: OperationTools): Handler {
  return (request, reply) => {
    const { read, choice, waitMs } = toAsked(request);
    const answer =
      waitMs === undefined ? tools.client.read(read) : awaitChange(tools, toLongPoll(reply, { read, choice, waitMs }));
    if (!(answer instanceof Promise)) return send(tools, reply, { answer, choice });
    return answer.then((late) => send(tools, reply, { answer: late, choice }));
  };
}

function toAsked(request: FastifyRequest): Asked {
  const path = spannedPath(request);
  const context = toAccessContext(request);
  const { accept } = request.raw.headers;
  // Most reads have no query: they are spared the look at it.
  if (request.raw.url?.includes('?') !== true)
    return { read: { path, context }, choice: { path, raw: wantsRaw(accept) } };
  const query = new Query(request);
  const [key, version, stage, provider] = ['key', 'version', 'stage', 'provider'].map((name) => query.text(name));
  const [format, wait] = [query.text('format'), query.text('wait')];
  return {
    ...(wait !== undefined && { waitMs: toWaitMs(wait) }),
    read: {
      path,
      context,
      fresh: query.flag('fresh'),
      ...(version !== undefined && { version }),
      ...(stage !== undefined && { stage }),
      ...(provider !== undefined && { provider }),
    },
    choice: {
      path,
      raw: format === undefined ? wantsRaw(accept) : format === 'raw',
      ...(key !== undefined && { key }),
    },
  };
}

function toLongPoll({ request, raw }: FastifyReply, asked: Required<Asked>): LongPoll {
  return { ...asked, condition: request.raw.headers['if-none-match'], response: raw };
}

function toWaitMs(text: string): number {
  const waitMs = parseDuration(text);
  if (waitMs !== undefined && waitMs <= LONGEST_WAIT_MS) return waitMs;
  throw new RequestError('InvalidParameter', "query parameter 'wait' must be a duration of at most 60s, such as '30s'");
}

/** Returns nothing: a reply that is returned would be awaited. */
function send(tools: OperationTools, reply: FastifyReply, { answer, choice }: Sending): void {
  const { client, bodies, clock } = tools;
  const { entry } = answer;
  const name = representationName(choice, entry.identity.path);
  const representation = client.represent(answer, name, () => bodies.build(answer, choice));
  const nowMs = clock.monotonicMs();
  reply
    .header('etag', representation.etag)
    .header('cache-control', 'no-store')
    .header('age', wholeSeconds(nowMs - entry.fetchedAtMs))
    .header('cache-status', cacheStatus(answer.outcome, entry, nowMs));
  if (matchesEntityTag(reply.request.raw.headers['if-none-match'], representation.etag)) {
    reply.code(304).send();
    return;
  }
  const body = representation.body.expose();
  reply
    .header('content-type', representation.contentType)
    .send(typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength));
}

interface Sending {
  readonly answer: ReadAnswer;
  readonly choice: BodyChoice;
}

const wholeSeconds = (ms: number): number => Math.max(0, Math.trunc(ms / 1_000));

/** RFC 9211. */
function cacheStatus(outcome: ReadAnswer['outcome'], entry: CacheEntry, nowMs: number): string {
  const ttl = Math.floor((entry.expiresAtMs - nowMs) / 1_000);
  if (outcome === 'hit') return `keyfob; hit; ttl=${Math.max(0, ttl)}`;
  return outcome === 'miss' ? `keyfob; fwd=miss; ttl=${ttl}` : `keyfob; fwd=stale; ttl=${ttl}; detail=stale-if-error`;
}
