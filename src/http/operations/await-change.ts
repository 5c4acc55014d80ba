import type { EventEmitter } from 'node:events';
import type { ReadAnswer } from '../../client/failover.ts';
import type { ReadRequest } from '../../client/secret-reader.ts';
import { matchesEntityTag } from '../entity-tag.ts';
import { type BodyChoice, representationName } from '../secret-body.ts';
import type { OperationTools } from './operation-tools.ts';

export interface LongPoll {
  readonly read: ReadRequest;
  readonly choice: BodyChoice;
  /** `If-None-Match`: what the caller has. */
  readonly condition: string | undefined;
  readonly waitMs: number;
  /** Emits `close` when the caller leaves. */
  readonly response: EventEmitter;
}

type LongPollTools = Pick<OperationTools, 'client' | 'bodies' | 'clock' | 'events' | 'retired'>;

// Not every change is an event: a description may change, or a value that has left the cache meanwhile.
const LOOK_MS = 1_000;

/**
 * What there is, as soon as it is not what the caller has. What the caller has when the time is up, the caller leaves, or
 * the daemon has to end it.
 * @throws SecretsError as a read does
 */
export async function awaitChange(tools: LongPollTools, poll: LongPoll): Promise<ReadAnswer> {
  const { client } = tools;
  const { read, choice, condition } = poll;
  const first = await client.read(read);
  const tag = tagOf(tools, choice, first);
  if (!matchesEntityTag(condition, tag)) return first;
  let latest = first;
  const hasChanged = await becomes(tools, poll, async () => {
    const answer = await client.touch(read);
    if (tagOf(tools, choice, answer) !== tag) return true;
    latest = answer;
    return false;
  });
  // What was looked at was no access; what is answered is.
  return hasChanged ? client.read({ ...read, fresh: false }) : latest;
}

function tagOf({ client, bodies }: LongPollTools, choice: BodyChoice, answer: ReadAnswer): string {
  const name = representationName(choice, answer.entry.identity.path);
  return client.represent(answer, name, () => bodies.build(answer, choice)).etag;
}

/** Whether it becomes so in time. A failure counts as well: it is for the caller to see. */
function becomes(tools: LongPollTools, poll: LongPoll, isSo: () => Promise<boolean>): Promise<boolean> {
  const { clock, events, retired } = tools;
  const { read, waitMs, response } = poll;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let isOver = false;
  const look = async (): Promise<void> => {
    if (await isSo().catch(() => true)) resolve(true);
    else if (!isOver) lookAfter(LOOK_MS);
  };
  const lookAfter = (ms: number): void => {
    next.cancel();
    next = clock.after(ms, () => void look());
  };
  let next = clock.after(LOOK_MS, () => void look());
  const unsubscribe = events.subscribe(({ path }) => {
    if (path === read.path) lookAfter(0);
  });
  const giveUp = (): void => resolve(false);
  const end = clock.after(waitMs, giveUp);
  response.once('close', giveUp);
  retired.addEventListener('abort', giveUp);
  if (retired.aborted) giveUp();
  return promise.finally(() => {
    isOver = true;
    unsubscribe();
    for (const timer of [next, end]) timer.cancel();
    response.off('close', giveUp);
    retired.removeEventListener('abort', giveUp);
  });
}
