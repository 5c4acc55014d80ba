import { RequestError } from '../../core/errors/request-error.ts';
import { type PathPattern, parsePathPattern } from '../../core/path-pattern.ts';

/**
 * Secret ids of Google have letters, digits, `_` and `-` only. A `/` of a path is written `--` in the id, and both
 * spellings name one secret. Two dashes within an id are a `/` in the path, three a `/` and a dash; more of them, and those
 * at the ends of an id, are dashes.
 */
const ID = /^[\w-]{1,255}$/;
const SLASH = /(?<=[^-])--(?=-?[^-])/g;
// What would be read as another path.
const AMBIGUOUS = /-\/|\/--|\/-$/;

/** `projects/P/secrets/S` or `projects/P/locations/L/secrets/S`, each with `/versions/V` or without. */
const FULL_NAME =
  /^projects\/(?<project>[^/]+)(?:\/locations\/(?<location>[^/]+))?\/secrets\/(?<id>[^/]+)(?:\/versions\/(?<version>[^/]+))?$/;

/** Where the secrets of an instance are. */
export interface Place {
  /** Id or number, as the configuration spells it. */
  readonly project: string;
  readonly location?: string;
}

/** A full resource name, cut into its parts. */
export interface FullName extends Place {
  readonly id: string;
  readonly version?: string;
}

/** The parts of a path that is a full resource name; undefined for other paths. */
export function parseFullName(path: string): FullName | undefined {
  const { project, location, id, version } = FULL_NAME.exec(path)?.groups ?? {};
  if (project === undefined || id === undefined) return undefined;
  return { project, id, ...(location !== undefined && { location }), ...(version !== undefined && { version }) };
}

export const isFullName = (path: string): boolean => FULL_NAME.test(path);

/**
 * A policy's pattern over paths. What is denied by its full name is denied in whatever project that is; and a star in an id
 * has no slash that it would stop at.
 */
export function spellPattern(text: string, effect: 'allow' | 'deny'): PathPattern {
  const name = (effect === 'deny' ? FULL_NAME.exec(text)?.groups?.['id'] : undefined) ?? text;
  const pattern = parsePathPattern(name.replaceAll(SLASH, '/'));
  if (effect === 'allow' || !name.includes('--')) return pattern;
  const ofIds = parsePathPattern(name.replaceAll('/', '--'));
  return { text, matches: (path) => pattern.matches(path) || ofIds.matches(path.replaceAll('/', '--')) };
}

/** The path of a secret id: the one spelling of a secret. */
export function toPath(id: string): string {
  const path = id.replaceAll(SLASH, '/');
  // Such a path would be read as a full name.
  return FULL_NAME.test(path) ? id : path;
}

/** The secret id of a path that is no full name. @throws RequestError `InvalidPath` */
export function toSecretId(path: string): string {
  if (AMBIGUOUS.test(path)) throw invalid(path, "a '-' before a '/', or more than one after it");
  const id = path.replaceAll('/', '--');
  if (ID.test(id)) return id;
  throw invalid(
    path,
    id.length > 255 ? 'more than 255 characters' : "other characters than letters, digits, '_' and '-'",
  );
}

/** What ids begin with that have a path with this prefix, and perhaps others, too; undefined when there can be none. */
export function toIdPrefix(prefix: string): string | undefined {
  const start = prefix.replaceAll('/', '--');
  return start === '' || ID.test(start) ? start : undefined;
}

const invalid = (path: string, problem: string): RequestError =>
  new RequestError('InvalidPath', `the path '${path}' has ${problem}, which Secret Manager cannot hold`);
