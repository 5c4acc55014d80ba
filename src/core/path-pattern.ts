import { parseSecretPath } from './secret-path.ts';

/** A glob over secret paths: `*` is any text within a segment, `**` any number of segments, at least one at the end. */
export interface PathPattern {
  readonly text: string;
  matches(path: string): boolean;
}

/** Whether one segment of a path fits one segment of a pattern. */
type SegmentRule = (segment: string) => boolean;

const ANY_DEPTH = '**';
const isSomething: SegmentRule = (segment) => segment !== '';

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
  if (!text.includes('*')) return { text, matches: (path) => path === text };
  const segments = text.split('/');
  const rules = segments.map((segment) => (segment === ANY_DEPTH ? ANY_DEPTH : toRule(segment)));
  if (segments.at(-1) === ANY_DEPTH) rules.splice(-1, 0, isSomething);
  return { text, matches: (path) => fits(rules, path.split('/')) };
}

/**
 * Goes back to the last `**` only, which is enough for globs: the time grows with the lengths alone, where a regular
 * expression may need their power, and the path is an attacker's.
 */
function fits(rules: readonly (SegmentRule | typeof ANY_DEPTH)[], path: readonly string[]): boolean {
  let [rule, segment] = [0, 0];
  let [afterDepth, retry] = [-1, 0];
  while (segment < path.length) {
    const wanted = rules[rule];
    if (wanted === ANY_DEPTH) {
      [afterDepth, retry] = [++rule, segment];
    } else if (wanted?.(path[segment] ?? '') === true) {
      [rule, segment] = [rule + 1, segment + 1];
    } else {
      if (afterDepth === -1) return false;
      [rule, segment] = [afterDepth, ++retry];
    }
  }
  return rules.slice(rule).every((rest) => rest === ANY_DEPTH);
}

/** The pieces between the stars, each as early as it can be. */
function toRule(pattern: string): SegmentRule {
  const [first = '', ...others] = pattern.split(/\*+/);
  const last = others.pop();
  if (last === undefined) return (segment) => segment === pattern;
  return (segment) => {
    const end = segment.length - last.length;
    if (end < first.length || !segment.startsWith(first) || !segment.endsWith(last)) return false;
    let at = first.length;
    for (const piece of others) {
      const found = segment.indexOf(piece, at);
      if (found === -1 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}

/** Sorts the most specific pattern first: the longer fixed beginning, the more fixed characters, then the fewer stars. */
export function bySpecificity(a: PathPattern, b: PathPattern): number {
  const [fixedA, fixedB] = [fixedLength(a.text), fixedLength(b.text)];
  return fixedStart(b.text) - fixedStart(a.text) || fixedB - fixedA || a.text.length - b.text.length;
}

const fixedStart = (text: string): number => (text.includes('*') ? text.indexOf('*') : Number.MAX_SAFE_INTEGER);
const fixedLength = (text: string): number => text.replaceAll('*', '').length;
