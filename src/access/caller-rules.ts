import type { Operation } from '../core/access-context.ts';

/** Name of whoever shows no credential, in open mode. */
export const ANONYMOUS = 'anonymous';

/** How callers are told apart. */
export type AccessMode = 'open' | 'token' | 'jwt';

/** What a caller may do, as it is configured. */
export interface CallerSettings {
  readonly name: string;
  readonly operations: readonly Operation[];
  readonly allow?: readonly string[];
  readonly deny: readonly string[];
  /** Names of instances that a request may ask for; the mappings do not count as asking. */
  readonly providers?: readonly string[];
  /** Every one of them has to be a tag of the secret. */
  readonly tags: Readonly<Record<string, string>>;
}

/** The same with nothing left out. */
export interface CallerRules extends Omit<CallerSettings, 'allow' | 'providers'> {
  readonly allow: readonly string[];
  readonly providers: readonly string[] | typeof ANY_PROVIDER;
}

export const ANY_PROVIDER = 'any';

// What needs no policy in open mode. To rotate and to invalidate must be granted by a policy of that name (design §7).
// The routes of `simulate` exist in a simulation only, which is for tests.
const OPEN_OPERATIONS: readonly Operation[] = ['get', 'list', 'describe', 'resolve', 'simulate'];

/** The rules of each caller. Nothing is allowed by default, but to `anonymous` in open mode. */
export function toCallerRules(mode: AccessMode, callers: readonly CallerSettings[]): readonly CallerRules[] {
  const isOpen = (name: string): boolean => mode === 'open' && name === ANONYMOUS;
  const rules = callers.map((caller): CallerRules => {
    const [allow, providers] = isOpen(caller.name) ? ([['**'], ANY_PROVIDER] as const) : [[], []];
    return { ...caller, allow: caller.allow ?? allow, providers: caller.providers ?? providers };
  });
  if (mode !== 'open' || callers.some(({ name }) => name === ANONYMOUS)) return rules;
  return [
    ...rules,
    { name: ANONYMOUS, operations: OPEN_OPERATIONS, allow: ['**'], deny: [], providers: ANY_PROVIDER, tags: {} },
  ];
}
