import type { PathPattern } from '../core/path-pattern.ts';
import type { ToCallerPath } from './store-asker.ts';

export interface CallerPathsOptions {
  readonly environment?: string;
  /** The most specific pattern first. */
  readonly mappings: readonly { readonly pattern: PathPattern; readonly prefix: string }[];
}

/** Takes away what the router has put before a path: environment / prefix of the mapping / path (design §4). */
export function createCallerPaths({ environment, mappings }: CallerPathsOptions): ToCallerPath {
  const inner = environment === undefined ? '' : `${environment}/`;
  const without = (native: string, prefix: string): string | undefined => {
    const base = prefix === '/' ? `/${inner}` : `${inner}${prefix === '' ? '' : `${prefix}/`}`;
    return native.startsWith(base) ? native.slice(base.length) : undefined;
  };
  return (native) => {
    for (const { pattern, prefix } of mappings) {
      const path = without(native, prefix);
      if (path !== undefined && mappings.find((mapping) => mapping.pattern.matches(path))?.pattern === pattern)
        return path;
    }
    return without(native, '') ?? native;
  };
}
