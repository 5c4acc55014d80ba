import type { Operation } from '../core/access-context.ts';
import { CallerError } from '../core/errors/caller-error.ts';
import type { PathPlace } from '../core/path-place.ts';
import { CallerPolicy } from './caller-policy.ts';
import type { CallerRules } from './caller-rules.ts';
import type { Decision } from './decision.ts';

/** What somebody wants to do with a secret. */
export interface Question {
  /** Name of the caller. */
  readonly caller: string;
  readonly operation: Operation;
  /** As the caller wrote it. */
  readonly path: string;
  /** Name of the instance, where the caller names one. */
  readonly provider?: string;
  /** Where the path leads; the path itself stands for it where that is not known. */
  readonly places: readonly PathPlace[];
  /** Of the secret. A condition on tags that are not given is not met. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** What every caller may do. Looks nothing up. */
export class Policy {
  readonly #callers: ReadonlyMap<string, CallerPolicy>;

  constructor(callers: readonly CallerRules[]) {
    this.#callers = new Map(callers.map((rules) => [rules.name, new CallerPolicy(rules)]));
  }

  /** Undefined for a caller that the configuration does not have: it may do nothing. */
  of(caller: string): CallerPolicy | undefined {
    return this.#callers.get(caller);
  }

  /** What it says, and by which line. */
  decide({ caller, operation, path, provider, places, tags }: Question): Decision {
    const rules = this.of(caller);
    if (rules === undefined) return { isAllowed: false };
    const onOperation = rules.decideOperation(operation);
    if (!onOperation.isAllowed) return onOperation;
    const onProvider = rules.decideProvider(provider);
    if (!onProvider.isAllowed) return onProvider;
    const onPath = rules.decidePath(path, places);
    if (!onPath.isAllowed) return onPath;
    const onTags = rules.decideTags(tags);
    return onTags.isAllowed ? onPath : onTags;
  }

  /** @throws CallerError `PolicyDenied`, which does not tell whether the secret exists. */
  assertAllowed(question: Question): void {
    if (!this.decide(question).isAllowed) throw refusal(question.caller, question.operation);
  }
}

/** The same for every reason, so that it tells nothing of the secret. */
export function refusal(caller: string, operation: Operation): CallerError {
  return new CallerError('PolicyDenied', `caller '${caller}' may not ${operation}`);
}
