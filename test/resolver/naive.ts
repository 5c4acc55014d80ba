/**
 * References as one would write them down without a thought of time or of good messages: an expression, and `replace`.
 * It shares nothing with the product but docs/references.md.
 */
const REFERENCE =
  /(?<escape>\\)?(?:(?<open>\{\{secret:|\$\{secret:))(?<rest>(?:(?!\\?\{\{secret:|\\?\$\{secret:|\n)[^])*)/g;
const PART = '[^#@|\\s](?:[^#@|]*[^#@|\\s])?';
const INNER = new RegExp(
  `^(?:(?<provider>[a-z0-9][a-z0-9-]*)://)?(?<path>${PART})(?:#(?<key>${PART}))?(?:@(?<version>${PART}))?(?<filters>(?:\\|[^|]*)*)$`,
);

/** What a reference names, or undefined for one that is malformed. */
export interface Named {
  readonly path: string;
  readonly key?: string;
  readonly filters: readonly string[];
}

export type Lookup = (named: Named) => string | undefined;

/** @returns undefined when a reference is malformed or names nothing */
export function resolveNaively(text: string, lookUp: Lookup): string | undefined {
  let isGood = true;
  const result = text.replace(REFERENCE, (...args) => {
    const { escape, open, rest } = args.at(-1) as { escape?: string; open: string; rest: string };
    if (escape !== undefined) return open + rest;
    const close = open.startsWith('$') ? '}' : '}}';
    const end = rest.indexOf(close);
    const named = end === -1 ? undefined : toNamed(rest.slice(0, end));
    const value = named && replaceBy(named, lookUp);
    isGood &&= value !== undefined;
    return `${value}${rest.slice(end + close.length)}`;
  });
  return isGood ? result : undefined;
}

function toNamed(inner: string): Named | undefined {
  const groups = INNER.exec(inner)?.groups;
  if (groups === undefined) return undefined;
  try {
    const { path = '', key, filters = '' } = groups;
    const decoded = decodeURIComponent(path);
    if (decoded.split('/').some((segment) => ['', '.', '..'].includes(segment))) return undefined;
    return {
      path: decoded,
      ...(key !== undefined && { key: decodeURIComponent(key) }),
      filters: filters
        .split('|')
        .slice(1)
        .map((filter) => decodeURIComponent(filter)),
    };
  } catch {
    return undefined;
  }
}

function replaceBy(named: Named, lookUp: Lookup): string | undefined {
  const writers: Record<string, (value: string) => string> = {
    url: (value) => [...Buffer.from(value)].map(unreserved).join(''),
    base64: btoaUtf8,
    json: JSON.stringify,
    shell: (value) => `'${value.split("'").join(String.raw`'\''`)}'`,
  };
  let value = lookUp(named);
  if (named.filters.filter((filter) => filter.startsWith('default:')).length > 1) return undefined;
  for (const filter of named.filters) {
    if (filter.startsWith('default:')) value ??= filter.slice('default:'.length);
    else if (writers[filter] === undefined || (filter === 'shell' && value?.includes('\0'))) return undefined;
    else if (value !== undefined) value = writers[filter](value);
  }
  return value;
}

const unreserved = (byte: number): string => {
  const character = String.fromCharCode(byte);
  return /[\w.~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
};

const btoaUtf8 = (value: string): string => btoa(String.fromCharCode(...Buffer.from(value)));
