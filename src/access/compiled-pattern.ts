import type { PatternSpelling, PathPlace } from '../core/path-place.ts';
import type { PathPattern } from '../core/path-pattern.ts';
import { parsePolicyPattern, withoutSlash } from './policy-pattern.ts';

export type Effect = 'allow' | 'deny';

/** A pattern of a policy, also in the spelling of each kind of store that has its own. */
export class CompiledPattern {
  readonly #effect: Effect;
  readonly #pattern: PathPattern;
  readonly #spelt = new Map<PatternSpelling, PathPattern>();

  constructor(text: string, effect: Effect) {
    this.#effect = effect;
    this.#pattern = parsePolicyPattern(text);
  }

  matches(path: string): boolean {
    return this.#pattern.matches(path);
  }

  /** Whether it is about the secret, however the pattern is spelt. */
  isAbout({ canonical, spellPattern }: PathPlace): boolean {
    if (this.#pattern.matches(canonical)) return true;
    return spellPattern !== undefined && this.#inSpelling(spellPattern).matches(canonical);
  }

  #inSpelling(spell: PatternSpelling): PathPattern {
    let pattern = this.#spelt.get(spell);
    if (pattern === undefined) {
      pattern = spell(withoutSlash(this.#pattern.text), this.#effect);
      this.#spelt.set(spell, pattern);
    }
    return pattern;
  }
}
