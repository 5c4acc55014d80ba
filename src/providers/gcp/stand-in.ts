import { AccessError } from '../../core/errors/access-error.ts';
import { type Answer, bodyOf } from './client.ts';
import { stateOf } from './errors.ts';
import type { History } from './history.ts';
import type { LatestPolicy } from './options.ts';
import { versionNumber } from './version-list.ts';

/** Reads one version by its number, or `latest`. */
export type AccessVersion = (id: string, version: string, signal: AbortSignal) => Promise<Answer>;

export interface StandInOptions {
  readonly history: History;
  readonly access: AccessVersion;
  readonly latestPolicy: LatestPolicy;
}

/** Finds the versions that `latest` does not lead to; each undefined when there is none. */
export interface StandIn {
  /** The newest enabled version, `latest` being the answer that it is not enabled. */
  newestEnabled(id: string, latest: Answer, signal: AbortSignal): Promise<Answer | undefined>;
  /** The newest enabled version below the current one. */
  previous(id: string, signal: AbortSignal): Promise<Answer | undefined>;
}

// Of versions that are off, one after another.
const MAX_STEPS = 20;

/**
 * The store's list of versions tells, by a permission that the role 'Secret Manager Secret Accessor' does not have. Where
 * it is missing the versions below are tried one by one: their numbers are consecutive.
 */
export function createStandIn({ history, access, latestPolicy }: StandInOptions): StandIn {
  const descend = async (id: string, below: number, signal: AbortSignal): Promise<Answer | undefined> => {
    for (let number = below - 1; number >= Math.max(1, below - MAX_STEPS); number--) {
      const answer = await access(id, String(number), signal);
      if ('body' in answer) return answer;
      if (stateOf(answer.failure) === undefined && answer.failure.status !== 'NOT_FOUND') bodyOf(answer, { id });
    }
    return undefined;
  };

  const read = async (id: string, number: string | undefined, signal: AbortSignal): Promise<Answer | undefined> =>
    number === undefined ? undefined : access(id, number, signal);

  return {
    newestEnabled: (id, latest, signal) =>
      orElse(
        async () => read(id, await history.newestEnabled(id, signal), signal),
        () => descend(id, numberOf(latest), signal),
      ),
    previous: (id, signal) =>
      orElse(
        async () => read(id, await history.previous(id, signal), signal),
        async () => {
          const latest = await access(id, 'latest', signal);
          const isCurrent = 'body' in latest || latestPolicy === 'strict';
          const current = isCurrent ? latest : await descend(id, numberOf(latest), signal);
          return current && descend(id, numberOf(current), signal);
        },
      ),
  };
}

/** The second way where the first is not allowed. */
async function orElse<T>(first: () => Promise<T>, second: () => Promise<T>): Promise<T> {
  try {
    return await first();
  } catch (error) {
    if (error instanceof AccessError) return second();
    throw error;
  }
}

/** The number of the version that was read, or refused; 0 when the answer names none. */
function numberOf(answer: Answer): number {
  if ('body' in answer) return Number(versionNumber(answer.body) ?? 0);
  return Number(/\/versions\/(\d+)\]/.exec(answer.failure.message)?.[1] ?? 0);
}
