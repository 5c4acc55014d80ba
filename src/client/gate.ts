import type { CallerPolicy } from '../access/caller-policy.ts';
import type { Decision } from '../access/decision.ts';
import { type Policy, refusal } from '../access/policy.ts';
import type { AccessContext, Operation } from '../core/access-context.ts';
import { CallerError } from '../core/errors/caller-error.ts';
import type { PathPlace } from '../core/path-place.ts';
import { parseSecretPath, parseSecretPrefix } from '../core/secret-path.ts';
import type { Route, Router, Target } from './router.ts';
import type { TagReader, Tags } from './tag-reader.ts';

export interface GateOptions {
  readonly policy: Policy;
  readonly router: Router;
  readonly tags: TagReader;
}

/** Who wants to do what. */
export interface Wish {
  readonly operation: Operation;
  readonly context: AccessContext;
}

/** A secret that is known by the path of its first reader and its instance. */
export interface KnownSecret {
  readonly path: string;
  readonly provider: string;
}

/** The one place where the policy is asked: whoever gets a route or an item from here may have it. */
export class Gate {
  readonly #options: GateOptions;
  /** Paths are asked for again and again, and what is decided of one stays so as long as its route does. */
  readonly #decided = new WeakMap<CallerPolicy, WeakMap<Route, Decision>>();

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /**
   * The route of a path, if the caller may go it. At once, unless tags have to be asked for.
   * @throws CallerError, which does not tell whether the secret exists; RequestError and ConfigurationError of a path that
   * the caller may ask for; all both ways
   */
  pass(wish: Wish, target: Target): Route | Promise<Route> {
    const rules = this.#rulesFor(wish, target.provider);
    const route = this.#route(wish, rules, target);
    if (rules.conditions === undefined) return route;
    const tags = this.#options.tags.atHand(route);
    if (tags === undefined) return this.#passLate(wish, rules, route);
    assertTags(wish, rules, tags);
    return route;
  }

  /** Likewise, but asks no store: tags that are not at hand are no right ones. */
  passBlind(wish: Wish, target: Target): Route {
    const rules = this.#rulesFor(wish, target.provider);
    const route = this.#route(wish, rules, target);
    assertTags(wish, rules, this.#options.tags.known(route));
    return route;
  }

  /** @throws CallerError when nothing with this prefix may be seen; RequestError `InvalidPath` */
  passPrefix(wish: Wish, prefix: string, provider?: string): CallerPolicy {
    const rules = this.#rulesFor(wish, provider);
    parseSecretPrefix(prefix);
    if (!rules.decidePrefix(prefix).isAllowed) throw toRefusal(wish);
    return rules;
  }

  /** @throws CallerError for what leads to no store, by its path alone where there is one */
  passAside(wish: Wish, path: string): void {
    const rules = this.#rulesFor(wish, undefined);
    if (path !== '' && !rules.decidePath(path, []).isAllowed) throw toRefusal(wish);
  }

  /** Whether the caller may do so with a secret that is known already; asks no store, so tags have to be at hand. */
  sees(wish: Wish, { path, provider }: KnownSecret): boolean {
    const { router, policy, tags } = this.#options;
    const rules = policy.of(wish.context.caller);
    if (rules?.may(wish.operation) !== true || !isHeld(wish.context)) return false;
    const found = router.routeOf({ path, provider });
    if (found === undefined || (found.isNamed && !rules.mayName(provider))) return false;
    const { route } = found;
    if (!this.#decide(rules, path, route).isAllowed) return false;
    return rules.decideTags(tags.known(route)).isAllowed;
  }

  /** Likewise, but a store is asked for tags that the caller's rules need: then there is something to wait for. */
  seesInTime(wish: Wish, secret: KnownSecret): boolean | Promise<boolean> {
    const { router, policy, tags } = this.#options;
    if (policy.of(wish.context.caller)?.conditions === undefined) return this.sees(wish, secret);
    const route = router.routeOf(secret)?.route;
    return route !== undefined && tags.read(route).then(() => this.sees(wish, secret));
  }

  /** Whether what the caller has shown still counts, and they may still do so with a path or below a prefix. */
  isOpen(
    { context, operation }: Wish,
    { path, prefix = '' }: { readonly path?: string; readonly prefix?: string },
  ): boolean {
    const rules = this.#options.policy.of(context.caller);
    if (rules?.may(operation) !== true || !isHeld(context)) return false;
    if (path === undefined) return rules.decidePrefix(prefix).isAllowed;
    const route = routeOrNone(this.#options.router, { path });
    return route !== undefined && this.#decide(rules, path, route).isAllowed;
  }

  /** What the policy says, and by which line. Reads nothing: tags that are not at hand count as none. */
  decide({ operation, context }: Wish, target: Target): Decision {
    const { policy, router, tags } = this.#options;
    const question = { caller: context.caller, operation, ...target };
    const blind = policy.decide({ ...question, places: [] });
    const route = routeOrNone(router, target);
    if (route === undefined) return blind;
    const known = tags.known(route);
    return policy.decide({ ...question, places: placesOf(route), ...(known !== undefined && { tags: known }) });
  }

  /**
   * Whether the tags are right in the source that answered, too, where it is another than the first.
   * @returns undefined when there is nothing to wait for
   */
  recheck(wish: Wish, route: Route, secretKey: string): Promise<void> | undefined {
    if (secretKey === route[0].identity.secretKey) return undefined;
    const rules = this.#options.policy.of(wish.context.caller);
    if (rules?.conditions === undefined) return undefined;
    const stop = route.find(({ identity }) => identity.secretKey === secretKey);
    const tags = stop === undefined ? undefined : this.#options.tags.readOf(stop);
    return Promise.resolve(tags).then((known) => assertTags(wish, rules, known));
  }

  #rulesFor(wish: Wish, provider: string | undefined): CallerPolicy {
    const { context, operation } = wish;
    if (!isHeld(context)) throw new CallerError('NotAuthenticated', 'the token has ended');
    const rules = this.#options.policy.of(context.caller);
    if (rules?.may(operation) === true && rules.mayName(provider)) return rules;
    throw toRefusal(wish);
  }

  #route(wish: Wish, rules: CallerPolicy, target: Target): Route {
    let route: Route;
    try {
      route = this.#options.router.route(target);
    } catch (error) {
      // What no path can be is told to everyone; what is wrong with this one, to those who may ask for it.
      parseSecretPath(target.path);
      if (!rules.decidePath(target.path, []).isAllowed) throw toRefusal(wish);
      throw error;
    }
    if (this.#decide(rules, target.path, route).isAllowed) return route;
    throw toRefusal(wish);
  }

  #decide(rules: CallerPolicy, path: string, route: Route): Decision {
    let decisions = this.#decided.get(rules);
    if (decisions === undefined) this.#decided.set(rules, (decisions = new WeakMap()));
    let decision = decisions.get(route);
    if (decision === undefined) decisions.set(route, (decision = rules.decidePath(path, placesOf(route))));
    return decision;
  }

  async #passLate(wish: Wish, rules: CallerPolicy, route: Route): Promise<Route> {
    assertTags(wish, rules, await this.#options.tags.read(route));
    return route;
  }
}

const isHeld = ({ credential }: AccessContext): boolean => credential === undefined || credential.isValid();

const toRefusal = ({ context, operation }: Wish): CallerError => refusal(context.caller, operation);

/** What leads nowhere is decided by the path alone. */
function routeOrNone(router: Router, target: Target): Route | undefined {
  try {
    return router.route(target);
  } catch {
    return undefined;
  }
}

const placesOf = (route: Route): readonly PathPlace[] => route.map(({ place }) => place);

function assertTags(wish: Wish, rules: CallerPolicy, tags: Tags | undefined): void {
  if (!rules.decideTags(tags).isAllowed) throw toRefusal(wish);
}
