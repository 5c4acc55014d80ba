import type { PathMapping } from '../config/config.ts';
import { CallerError } from '../core/errors/caller-error.ts';
import { RequestError } from '../core/errors/request-error.ts';
import type { PathPlace } from '../core/path-place.ts';
import type { Scope, SecretStore } from '../core/provider.ts';
import { current } from '../core/selector.ts';
import type { Source } from './source.ts';

export interface SpellingsOptions {
  /** The most specific pattern first. */
  readonly mappings: readonly PathMapping[];
  /** Put before every native path, so that no caller can climb out of it. */
  readonly environment?: string;
}

/** Where in a store a mapping leads. */
export interface MappedStore {
  readonly source: Source;
  readonly store: SecretStore;
  readonly mapping: PathMapping | undefined;
}

/** Between paths as callers write them and native names: environment / mapping prefix / path. */
export class Spellings {
  readonly #options: SpellingsOptions;

  constructor(options: SpellingsOptions) {
    this.#options = options;
  }

  /** The mapping that a path falls under. */
  mappingOf(path: string): PathMapping | undefined {
    return this.#options.mappings.find(({ pattern }) => pattern.matches(path));
  }

  /** A mapping prefix `/` puts the slash first. */
  toNative(path: string, mapping: PathMapping | undefined): string {
    const prefix = mapping?.prefix ?? '';
    const parts = [this.#options.environment ?? '', prefix === '/' ? '' : prefix].filter((part) => part !== '');
    return (prefix === '/' ? '/' : '') + parts.map((part) => `${part}/`).join('') + path;
  }

  /** The path of a canonical native id; undefined for one that is outside of what the mapping shows. */
  toPath(id: string, { store, mapping }: Omit<MappedStore, 'source'>): string | undefined {
    const base = toCanonicalBase(store, this.toNative('', mapping));
    return id.startsWith(base) ? id.slice(base.length) : undefined;
  }

  /** A full identifier names a place itself, so that nothing can be put before it. @throws CallerError */
  assertNative(path: string, { source, mapping }: MappedStore): void {
    if (this.toNative('', mapping) === '' || source.provider.isFullIdentifier?.(path) !== true) return;
    throw new CallerError(
      'PolicyDenied',
      'a full identifier is not served where an environment or the prefix of a mapping applies',
      { path },
    );
  }

  /** Every way to write a secret of which the canonical native id is known. @throws CallerError */
  toPlace(id: string, at: MappedStore): PathPlace {
    const { source, store, mapping } = at;
    const canonical = this.toPath(id, at);
    if (canonical === undefined) throw new CallerError('PolicyDenied', 'the path leads out of its environment');
    const aliases = [undefined, ...this.#options.mappings]
      .filter((other) => other !== mapping && isSameStore(other, { source, mapping }))
      .flatMap((other) => {
        const alias = orUndefined(() => this.toPath(id, { store, mapping: other }));
        return alias !== undefined && this.mappingOf(alias) === other ? [alias] : [];
      });
    const { spellPattern } = source.provider;
    return { canonical, aliases, ...(spellPattern !== undefined && { spellPattern }) };
  }
}

/** A store may have no name that begins as a mapping wants it; then nothing is reached by that one. */
function orUndefined<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof RequestError) return undefined;
    throw error;
  }
}

/** Whether another mapping leads into the same store, or none does: then a request may still name the instance. */
function isSameStore(other: PathMapping | undefined, { source, mapping }: Omit<MappedStore, 'store'>): boolean {
  const isReached = other === undefined || other.providers.includes(source.name);
  return isReached && isSamePlace(source, other?.scope, mapping?.scope);
}

/** A mapping may name the place where the instance is anyway. */
function isSamePlace({ provider }: Source, a: Scope = {}, b: Scope = {}): boolean {
  return (a.namespace === b.namespace && a.mount === b.mount) || provider.isSamePlace?.(a, b) === true;
}

/** The beginning that all native names have, as the store spells it: `Prod/` is `prod/` where letter case does not count. */
function toCanonicalBase(store: SecretStore, base: string): string {
  return base === '' ? base : store.locate(`${base}x`, current).id.slice(0, -1);
}
