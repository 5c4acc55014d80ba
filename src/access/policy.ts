import type { AccessContext, Operation } from '../core/access-context.ts';
import { CallerError } from '../core/errors/caller-error.ts';

/** Name of every caller in open mode. */
export const ANONYMOUS = 'anonymous';

// What needs no policy in open mode. To rotate and to invalidate must be granted by a policy of that name (design §7).
// The routes of `simulate` exist in a simulation only, which is for tests.
const OPEN_OPERATIONS: readonly Operation[] = ['get', 'list', 'describe', 'resolve', 'simulate'];

export interface Policy {
  /** @throws CallerError `PolicyDenied`, which does not tell whether the secret exists. */
  assertAllowed(context: AccessContext, operation: Operation): void;
}

export interface CallerRules {
  readonly name: string;
  readonly operations: readonly Operation[];
}

/** Decides what a caller may do, before anything is looked up. */
export function createPolicy(callers: readonly CallerRules[]): Policy {
  const operationsOf = new Map<string, ReadonlySet<Operation>>([[ANONYMOUS, new Set(OPEN_OPERATIONS)]]);
  for (const caller of callers) operationsOf.set(caller.name, new Set(caller.operations));
  return {
    assertAllowed: (context, operation) => {
      if (operationsOf.get(context.caller)?.has(operation) === true) return;
      throw new CallerError('PolicyDenied', `caller '${context.caller}' may not ${operation}`);
    },
  };
}
