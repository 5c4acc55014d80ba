import { LRUCache } from 'lru-cache';
import { type SecretIdentity, toIdentity } from '../cache/cache-key.ts';
import type { PathMapping } from '../config/config.ts';
import { ConfigurationError } from '../core/errors/configuration-error.ts';
import type { Location } from '../core/provider.ts';
import { parseSecretPath, parseSecretPrefix } from '../core/secret-path.ts';
import { toSelector } from '../core/selector.ts';
import type { Instance } from './instance.ts';

export interface RouterOptions {
  readonly instances: ReadonlyMap<string, Instance>;
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

/** Where a path leads. */
export interface Route {
  readonly instance: Instance;
  readonly location: Location;
  readonly identity: SecretIdentity;
  readonly ttlMs: number;
}

/** Where a prefix leads, and the way back. */
export interface PrefixRoute {
  readonly instance: Instance;
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

  /** A list asks one instance: the one that paths under the prefix lead to, or `provider`. */
  routePrefix(prefix: string, provider: string | undefined): PrefixRoute {
    parseSecretPrefix(prefix);
    // Any name under the prefix tells the mapping; the prefix alone may end before the pattern's own fixed part does.
    const mapping = this.#mapping(`${prefix}x`, provider) ?? this.#mapping(prefix, provider);
    const base = this.#native('', mapping);
    return {
      instance: this.#instance(mapping, provider, prefix),
      nativePrefix: base + prefix,
      toPath: (name) => (name.startsWith(base) ? name.slice(base.length) : undefined),
    };
  }

  #find(target: Target): Route {
    const path = parseSecretPath(target.path);
    const mapping = this.#mapping(path, target.provider);
    const instance = this.#instance(mapping, target.provider, path);
    const selector = toSelector(target.version, target.stage);
    const location = instance.provider.locate(this.#native(path, mapping), selector);
    const identity = toIdentity(instance.name, path, location);
    return { instance, location, identity, ttlMs: mapping?.ttlMs ?? this.#options.ttlMs };
  }

  #mapping(path: string, provider: string | undefined): PathMapping | undefined {
    const mapping = this.#options.mappings.find((candidate) => candidate.pattern.matches(path));
    return provider === undefined || mapping?.provider === provider ? mapping : undefined;
  }

  #instance(mapping: PathMapping | undefined, provider: string | undefined, path: string): Instance {
    const name = provider ?? mapping?.provider ?? this.#options.defaultProvider;
    const instance = name === undefined ? undefined : this.#options.instances.get(name);
    if (instance !== undefined) return instance;
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
