import { LRUCache } from 'lru-cache';
import { type SecretIdentity, toIdentity } from '../cache/cache-key.ts';
import type { PathMapping } from '../config/config.ts';
import { ConfigurationError } from '../core/errors/configuration-error.ts';
import { RequestError } from '../core/errors/request-error.ts';
import type { PathPlace } from '../core/path-place.ts';
import type { Location, Scope, SecretStore } from '../core/provider.ts';
import { parseSecretPath, parseSecretPrefix } from '../core/secret-path.ts';
import { toSelector } from '../core/selector.ts';
import type { Instances, Source } from './source.ts';
import { type MappedStore, Spellings } from './spellings.ts';

export interface RouterOptions {
  readonly instances: Instances;
  /** The most specific pattern first. */
  readonly mappings: readonly PathMapping[];
  readonly defaultProvider?: string;
  /** Put before every native path, so that no caller can climb out of it. */
  readonly environment?: string;
  /** Time-to-live where the mapping has none. */
  readonly ttlMs: number;
  /** Of the cache. */
  readonly maxEntries: number;
}

/** What a caller asks for. */
export interface Target {
  readonly path: string;
  readonly version?: string;
  readonly stage?: string;
  /** Name of an instance, to override the mapping. */
  readonly provider?: string;
}

/** One source that a path leads to, and the secret's place in it. */
export interface Stop {
  readonly source: Source;
  readonly store: SecretStore;
  readonly location: Location;
  readonly identity: SecretIdentity;
  /** For the rules over paths. */
  readonly place: PathPlace;
  readonly ttlMs: number;
  /** Whether it may say that there is no such secret: only the first source of a route may (design §4). */
  readonly isAuthority: boolean;
}

/** The sources that a path leads to, in the order in which they are asked. */
export type Route = readonly [Stop, ...Stop[]];

/** Where a prefix leads, and the way back. */
export interface PrefixRoute {
  readonly source: Source;
  readonly store: SecretStore;
  readonly nativePrefix: string;
  /** The path of a native name as the caller writes it; undefined for a name outside the caller's view. */
  toPlace(nativeName: string): PathPlace | undefined;
}

interface WayBack {
  readonly route: Route;
  readonly isNamed: boolean;
}

// Routes of paths that were asked for lately. Only well-formed paths get in, so that it cannot be filled with garbage. More
// of them than entries, since a secret has several spellings, and one that is not there has a route, too.
const ROUTES_PER_ENTRY = 4;
// Room for all of them is made at the start.
const MAX_ROUTES = 65_536;

/** From paths to places in stores: mapping, environment, canonical id. */
export class Router {
  readonly #options: RouterOptions;
  readonly #spellings: Spellings;
  readonly #routes: LRUCache<string, Route>;
  readonly #specialRoutes: LRUCache<string, Route>;

  constructor(options: RouterOptions) {
    this.#options = options;
    const max = Math.min(MAX_ROUTES, ROUTES_PER_ENTRY * options.maxEntries);
    this.#routes = new LRUCache({ max });
    this.#specialRoutes = new LRUCache({ max });
    this.#spellings = new Spellings(options);
  }

  /**
   * @throws RequestError `InvalidPath`; ConfigurationError `InvalidProvider` when nothing is configured for it;
   * CallerError `PolicyDenied` for a full identifier where something is put before paths.
   */
  route(target: Target): Route {
    const { path, version, stage, provider } = target;
    // The path alone is the key of the common case, for it costs nothing to make.
    const isPlain = version === undefined && stage === undefined && provider === undefined;
    const routes = isPlain ? this.#routes : this.#specialRoutes;
    const key = isPlain ? path : JSON.stringify([path, version ?? null, stage ?? null, provider ?? null]);
    const known = routes.get(key);
    if (known !== undefined) return known;
    const route = this.#find(target);
    routes.set(key, route);
    return route;
  }

  /** The way to a current value that is kept under this identity; undefined when no path leads there any more. */
  find(identity: SecretIdentity): Stop | undefined {
    try {
      return this.route({ path: identity.path }).find((stop) => stop.identity.key === identity.key);
    } catch {
      return undefined;
    }
  }

  /** A list asks one instance: the one that paths under the prefix lead to, or `provider`. */
  routePrefix(prefix: string, provider: string | undefined): PrefixRoute {
    parseSecretPrefix(prefix);
    // Any name under the prefix tells the mapping; the prefix alone may end before the pattern's own fixed part does.
    const mapping = this.#mapping(`${prefix}x`, provider) ?? this.#mapping(prefix, provider);
    const [source] = this.#sources(mapping, provider, prefix);
    const at = { source, store: within(source, mapping?.scope), mapping };
    return {
      source,
      store: at.store,
      nativePrefix: this.#spellings.toNative(prefix, mapping),
      toPlace: (name) =>
        this.#spellings.toPath(name, at) === undefined ? undefined : this.#spellings.toPlace(name, at),
    };
  }

  /**
   * The way to a secret that is known by the path of its first reader and its instance, and whether the instance must be
   * named to get there; undefined when there is none.
   */
  routeOf({ path, provider }: { readonly path: string; readonly provider: string }): WayBack | undefined {
    for (const target of [{ path }, { path, provider }]) {
      try {
        const route = this.route(target);
        if (route.some(({ source }) => source.name === provider)) return { route, isNamed: 'provider' in target };
      } catch {
        // The path leads nowhere any more.
      }
    }
    return undefined;
  }

  #find(target: Target): Route {
    const path = parseSecretPath(target.path);
    const mapping = this.#mapping(path, target.provider);
    const selector = toSelector(target.version, target.stage);
    const native = this.#spellings.toNative(path, mapping);
    const toStop = (source: Source, isAuthority: boolean): Stop => {
      const { name: provider, replica } = source;
      const at = { source, store: within(source, mapping?.scope), mapping };
      this.#spellings.assertNative(path, at);
      const location = at.store.locate(native, selector);
      const place = this.#toPlace(target, location.id, at);
      const origin = { provider, scope: mapping?.scope ?? {}, ...(replica !== undefined && { replica }) };
      const identity = toIdentity(origin, path, location);
      const ttlMs = mapping?.ttlMs ?? this.#options.ttlMs;
      return { source, store: at.store, location, identity, place, ttlMs, isAuthority };
    };
    const [first, ...others] = this.#sources(mapping, target.provider, path);
    return [toStop(first, true), ...others.flatMap((source) => orNone(() => toStop(source, false)))];
  }

  #toPlace({ path, provider }: Target, id: string, at: MappedStore): PathPlace {
    const place = this.#spellings.toPlace(id, at);
    const isElsewhere = place.canonical !== path && this.#mapping(place.canonical, provider) !== at.mapping;
    return isElsewhere ? { ...place, isElsewhere } : place;
  }

  #mapping(path: string, provider: string | undefined): PathMapping | undefined {
    const mapping = this.#spellings.mappingOf(path);
    return provider === undefined || mapping?.providers.includes(provider) === true ? mapping : undefined;
  }

  /** @param asked the instance that the caller names, and no other. */
  #sources(mapping: PathMapping | undefined, asked: string | undefined, path: string): readonly [Source, ...Source[]] {
    const { defaultProvider, instances } = this.#options;
    const names = asked === undefined ? (mapping?.providers ?? [defaultProvider]) : [asked];
    const [first, ...others] = names.flatMap((name) => (name === undefined ? [] : (instances.get(name) ?? [])));
    if (first !== undefined) return [first, ...others];
    const [name] = names;
    const problem =
      name === undefined
        ? 'no provider is configured for this path'
        : `there is no provider '${name}' in the configuration`;
    throw new ConfigurationError('InvalidProvider', problem, { path });
  }
}

const within = ({ provider }: Source, scope: Scope = {}): SecretStore =>
  Object.keys(scope).length === 0 ? provider : (provider.within?.(scope) ?? provider);

/** A further source that cannot hold such a name or version is left out. */
function orNone(toStop: () => Stop): readonly Stop[] {
  try {
    return [toStop()];
  } catch (error) {
    if (error instanceof RequestError) return [];
    throw error;
  }
}
