import { LRUCache } from 'lru-cache';
import { type SecretIdentity, toIdentity } from '../cache/cache-key.ts';
import type { PathMapping } from '../config/config.ts';
import { ConfigurationError } from '../core/errors/configuration-error.ts';
import { RequestError } from '../core/errors/request-error.ts';
import type { Location, Scope, SecretStore } from '../core/provider.ts';
import { parseSecretPath, parseSecretPrefix } from '../core/secret-path.ts';
import { current, toSelector } from '../core/selector.ts';
import type { Instances, Source } from './source.ts';

export interface RouterOptions {
  readonly instances: Instances;
  /** The most specific pattern first. */
  readonly mappings: readonly PathMapping[];
  readonly defaultProvider?: string;
  /** Put before every native path, so that no caller can climb out of it. */
  readonly environment?: string;
  /** Time-to-live where the mapping has none. */
  readonly ttlMs: number;
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
  toPath(nativeName: string): string | undefined;
}

// Routes of paths that were asked for lately. Only well-formed paths get in, so that it cannot be filled with garbage.
const MAX_ROUTES = 8_192;

/** From paths to places in stores: mapping, environment, canonical id. */
export class Router {
  readonly #options: RouterOptions;
  readonly #routes = new LRUCache<string, Route>({ max: MAX_ROUTES });
  readonly #specialRoutes = new LRUCache<string, Route>({ max: MAX_ROUTES });

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  /** @throws RequestError `InvalidPath`; ConfigurationError `InvalidProvider` when nothing is configured for it. */
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
    const store = within(source, mapping?.scope);
    const native = this.#native('', mapping);
    const base = toCanonicalBase(store, native);
    return {
      source,
      store,
      nativePrefix: native + prefix,
      toPath: (name) => (name.startsWith(base) ? name.slice(base.length) : undefined),
    };
  }

  #find(target: Target): Route {
    const path = parseSecretPath(target.path);
    const mapping = this.#mapping(path, target.provider);
    const selector = toSelector(target.version, target.stage);
    const native = this.#native(path, mapping);
    const toStop = (source: Source, isAuthority: boolean): Stop => {
      const { name: provider, replica } = source;
      const store = within(source, mapping?.scope);
      const location = store.locate(native, selector);
      const origin = { provider, scope: mapping?.scope ?? {}, ...(replica !== undefined && { replica }) };
      const identity = toIdentity(origin, path, location);
      const ttlMs = mapping?.ttlMs ?? this.#options.ttlMs;
      return { source, store, location, identity, ttlMs, isAuthority };
    };
    const [first, ...others] = this.#sources(mapping, target.provider, path);
    return [toStop(first, true), ...others.flatMap((source) => orNone(() => toStop(source, false)))];
  }

  #mapping(path: string, provider: string | undefined): PathMapping | undefined {
    const mapping = this.#options.mappings.find((candidate) => candidate.pattern.matches(path));
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

  /** environment / mapping prefix / path; a mapping prefix `/` puts the slash first. */
  #native(path: string, mapping: PathMapping | undefined): string {
    const prefix = mapping?.prefix ?? '';
    const parts = [this.#options.environment ?? '', prefix === '/' ? '' : prefix].filter((part) => part !== '');
    return (prefix === '/' ? '/' : '') + parts.map((part) => `${part}/`).join('') + path;
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

/** The beginning that all native names have, as the store spells it: `Prod/` is `prod/` where letter case does not count. */
function toCanonicalBase(store: SecretStore, base: string): string {
  return base === '' ? base : store.locate(`${base}x`, current).id.slice(0, -1);
}
