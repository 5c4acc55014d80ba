import { parseSecretPath } from './secret-path.ts';

/** A glob over secret paths: `*` is any text within a segment, `**` any number of segments, at least one at the end. */
export interface PathPattern {
  readonly text: string;
  matches(path: string): boolean;
}

const SPECIAL = /[.+?^${}()|[\]\\]/g;

/** Whether the text is the path of a secret with stars, two of them only as a segment of their own. */
export function isPathPattern(text: string): boolean {
  try {
    parseSecretPath(text);
  } catch {
    return false;
  }
  return text.split('/').every((segment) => segment === '**' || !segment.includes('**'));
}

export function parsePathPattern(text: string): PathPattern {
  const source = text
    .split('/')
    .map((segment) => (segment === '**' ? '**' : segment.replace(SPECIAL, '\\$&').replace(/\*+/g, '[^/]*')))
    .join('/')
    .replace(/^\*\*$/, '.+')
    .replace(/\/\*\*$/, '/.+')
    .replace(/(^|\/)(?:\*\*\/)+/g, '$1(?:.*/)?');
  const expression = new RegExp(`^${source}$`, 's');
  return { text, matches: (path) => expression.test(path) };
}

/** Sorts the most specific pattern first: the longer fixed beginning, the more fixed characters, then the fewer stars. */
export function bySpecificity(a: PathPattern, b: PathPattern): number {
  const [fixedA, fixedB] = [fixedLength(a.text), fixedLength(b.text)];
  return fixedStart(b.text) - fixedStart(a.text) || fixedB - fixedA || a.text.length - b.text.length;
}

const fixedStart = (text: string): number => (text.includes('*') ? text.indexOf('*') : Number.MAX_SAFE_INTEGER);
const fixedLength = (text: string): number => text.replaceAll('*', '').length;
