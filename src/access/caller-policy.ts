import type { Operation } from '../core/access-context.ts';
import type { PathPlace } from '../core/path-place.ts';
import { ANY_PROVIDER, type CallerRules } from './caller-rules.ts';
import { CompiledPattern } from './compiled-pattern.ts';
import type { Decision, Rule } from './decision.ts';
import { withoutSlash } from './policy-pattern.ts';

type Tags = Readonly<Record<string, string>>;

/** What one caller may do, compiled. */
export class CallerPolicy {
  /** Each has to be a tag of the secret; undefined where tags do not matter. */
  readonly conditions: Tags | undefined;
  readonly #rules: CallerRules;
  readonly #operations: ReadonlySet<Operation>;
  readonly #providers: ReadonlySet<string> | typeof ANY_PROVIDER;
  readonly #allow: readonly CompiledPattern[];
  readonly #deny: readonly CompiledPattern[];

  constructor(rules: CallerRules) {
    this.#rules = rules;
    this.#operations = new Set(rules.operations);
    this.#providers = rules.providers === ANY_PROVIDER ? ANY_PROVIDER : new Set(rules.providers);
    this.#allow = rules.allow.map((text) => new CompiledPattern(text, 'allow'));
    this.#deny = rules.deny.map((text) => new CompiledPattern(text, 'deny'));
    this.conditions = Object.keys(rules.tags).length === 0 ? undefined : rules.tags;
  }

  /** Whether it may do such a thing at all. */
  may(operation: Operation): boolean {
    return this.#operations.has(operation);
  }

  /** Whether a request may name this instance; it may always leave it to the mappings. */
  mayName(provider: string | undefined): boolean {
    return provider === undefined || this.#providers === ANY_PROVIDER || this.#providers.has(provider);
  }

  decideOperation(operation: Operation): Decision {
    return { isAllowed: this.may(operation), rule: this.#rule('operations') };
  }

  decideProvider(provider: string | undefined): Decision {
    return { isAllowed: this.mayName(provider), rule: this.#rule('providers') };
  }

  /**
   * Deny counts for the path as it is written and for every way to write it; allow for the canonical one alone, in every
   * place that the path leads to.
   * @param places at least one, or none where it is not known to which the path leads
   */
  decidePath(path: string, places: readonly PathPlace[]): Decision {
    const denied = this.#deny.findIndex((pattern) => pattern.matches(path) || places.some((at) => isMet(pattern, at)));
    if (denied !== -1) return { isAllowed: false, rule: this.#rule('deny', denied) };
    const known: readonly PathPlace[] = places.length > 0 ? places : [{ canonical: path, aliases: [] }];
    const allowing = known.map((place) =>
      this.#allow.findIndex((pattern) => pattern.isAbout(place) && (!place.isElsewhere || pattern.matches(path))),
    );
    if (allowing.includes(-1)) return { isAllowed: false };
    return { isAllowed: true, rule: this.#rule('allow', allowing[0]) };
  }

  /** Whether anything that begins so may be seen. What is there is then decided one by one. */
  decidePrefix(prefix: string): Decision {
    const { allow, deny } = this.#rules;
    const denied = deny.findIndex((text) => coversPrefix(withoutSlash(text), prefix));
    if (denied !== -1) return { isAllowed: false, rule: this.#rule('deny', denied) };
    const allowing = allow.findIndex((text) => mayMeet(withoutSlash(text), prefix));
    return allowing === -1 ? { isAllowed: false } : { isAllowed: true, rule: this.#rule('allow', allowing) };
  }

  /** @param tags undefined when they are not known, which is no yes. */
  decideTags(tags: Tags | undefined): Decision {
    const isAllowed = Object.entries(this.conditions ?? {}).every(
      ([name, value]) => tags !== undefined && Object.hasOwn(tags, name) && tags[name] === value,
    );
    return { isAllowed, rule: this.#rule('tags') };
  }

  #rule(key: Rule['key'], index?: number): Rule {
    return { caller: this.#rules.name, key, ...(index !== undefined && { index }) };
  }
}

const isMet = (pattern: CompiledPattern, place: PathPlace): boolean =>
  pattern.isAbout(place) || place.aliases.some((alias) => pattern.matches(alias));

/** Whether the pattern matches whatever begins with the prefix. */
function coversPrefix(pattern: string, prefix: string): boolean {
  if (pattern === '**') return true;
  return pattern.endsWith('/**') && prefix.startsWith(pattern.slice(0, -'**'.length));
}

/** Whether the pattern may match something that begins with the prefix. */
function mayMeet(pattern: string, prefix: string): boolean {
  const star = pattern.indexOf('*');
  if (star === -1) return pattern.startsWith(prefix);
  const fixed = pattern.slice(0, star);
  return fixed.startsWith(prefix) || prefix.startsWith(fixed);
}
