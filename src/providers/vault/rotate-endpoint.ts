import { bySpecificity, parsePathPattern, type PathPattern } from '../../core/path-pattern.ts';
import { kvPathProblem } from './kv-path.ts';

/** Secrets of a pattern are rotated by a POST to an endpoint of their own. */
export interface RotateRule {
  readonly pattern: PathPattern;
  readonly endpointOf: (id: string) => string | undefined;
}

const SPECIAL = /[.+?^${}()|[\]\\]/g;
const WILDCARD = /\*+/g;

/** The rules of `rotate`, the most specific first. `rotateProblem` has found nothing wrong with them. */
export function parseRotateRules(rotate: Readonly<Record<string, string>>): readonly RotateRule[] {
  return Object.entries(rotate)
    .map(([pattern, endpoint]) => toRule(pattern, endpoint))
    .sort((a, b) => bySpecificity(a.pattern, b.pattern));
}

/** Where the rotation of this secret is asked for; undefined when nothing is configured for it. */
export function rotateEndpoint(rules: readonly RotateRule[], id: string): string | undefined {
  for (const { endpointOf } of rules) {
    const endpoint = endpointOf(id);
    if (endpoint !== undefined) return endpoint;
  }
  return undefined;
}

/** What is wrong with a rule, as the end of a sentence that begins with `rotate`. */
export function rotateProblem(pattern: string, endpoint: string): string | undefined {
  if (!isPattern(pattern)) return `has '${pattern}', which must be a path pattern, with '**' at its end only`;
  const subject = `has the endpoint '${endpoint}' for '${pattern}', which must`;
  if (!isPattern(endpoint) || endpoint.split('/')[0]?.includes('*') === true)
    return `${subject} be a path such as 'database/rotate-role/*', whose first segment is fixed`;
  const [given, wanted] = [wildcards(pattern), wildcards(endpoint)];
  return wanted.every((wildcard, index) => wildcard === given[index])
    ? undefined
    : `${subject} have the wildcards of the pattern, in the same order`;
}

function toRule(text: string, endpoint: string): RotateRule {
  const source = text
    .replaceAll(SPECIAL, '\\$&')
    .replaceAll(WILDCARD, (stars) => (stars === '**' ? '(.+)' : '([^/]+)'));
  const expression = new RegExp(`^${source}$`, 's');
  return {
    pattern: parsePathPattern(text),
    endpointOf(id) {
      const matched = expression.exec(id)?.slice(1);
      return matched && endpoint.replaceAll(WILDCARD, () => matched.shift() ?? '');
    },
  };
}

const wildcards = (text: string): readonly string[] => text.match(WILDCARD) ?? [];

function isPattern(text: string): boolean {
  const segments = text.split('/');
  return (
    kvPathProblem(text) === undefined &&
    segments.every((segment, index) => !segment.includes('**') || (segment === '**' && index === segments.length - 1))
  );
}
