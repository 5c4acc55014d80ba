import { type PathPattern, parsePathPattern } from '../../core/path-pattern.ts';

const ARN = /^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:(?<name>.+)$/;
// As ARNs stand in policies of AWS: written out, or by wildcards.
const SUFFIX = /-(?:[A-Za-z0-9]{6}|\?{6})$/;
const ANY_SUFFIX = /-\*$/;

/**
 * A policy's pattern over names. An ARN that is denied denies the name in it, whose account and region it may be: what is
 * ours is not known before the store has told, and a deny must not wait for that.
 */
export function spellPattern(text: string, effect: 'allow' | 'deny'): PathPattern {
  const name = effect === 'deny' ? ARN.exec(text)?.groups?.['name'] : undefined;
  return parsePathPattern(name?.replace(SUFFIX, '').replace(ANY_SUFFIX, '*') ?? text);
}
