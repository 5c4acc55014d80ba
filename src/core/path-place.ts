import type { PathPattern } from './path-pattern.ts';

/**
 * What a pattern means for the canonical paths of a store, in whatever spelling of the store's it is written. One that
 * denies may cover more than it says, one that allows may not.
 */
export type PatternSpelling = (pattern: string, effect: 'allow' | 'deny') => PathPattern;

/** A secret that a path leads to, as rules over paths see it. */
export interface PathPlace {
  /** The one spelling of its path. */
  readonly canonical: string;
  /** Other paths, by other mappings, that lead to the same secret. */
  readonly aliases: readonly string[];
  /**
   * Whether the canonical path, if it were asked for, would lead elsewhere: another mapping takes it. Then it is not enough
   * to be allowed that one.
   */
  readonly isElsewhere?: true;
  /** Absent where the store has one spelling for each name. */
  readonly spellPattern?: PatternSpelling;
}
