import type { ErrorObject } from 'ajv';
import type { Finding } from './config-problems.ts';
import { narrowChoices } from './narrow-choices.ts';
import { type KeyPath, formatKeyPath, keyPathId, subjectOf } from './key-path.ts';
import { nearestKey } from '../core/nearest-key.ts';
import { valueRules } from './value-rules.ts';

const TYPE_NAMES = new Map([
  ['object', 'a mapping'],
  ['array', 'a list'],
  ['string', 'a text'],
  ['boolean', 'true or false'],
  ['integer', 'a whole number'],
  ['number', 'a number'],
]);

/**
 * Ajv's errors in words for people who edit the file. No value is ever shown.
 * @param base where the checked value is in the configuration
 */
export function toFindings(errors: readonly ErrorObject[], base: KeyPath, value: unknown): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const error of narrowChoices(errors)) {
    const path = [...base, ...toKeyPath(error.instancePath, value)];
    const finding = toFinding(error, path);
    // The `if` itself says nothing; what its branch asks for has errors of its own.
    if (error.keyword !== 'if') findings.set(`${keyPathId(finding.path)} ${finding.message}`, finding);
  }
  return [...findings.values()];
}

function toFinding(error: ErrorObject, path: KeyPath): Finding {
  const { params } = error;
  const unknownKey: unknown = params['additionalProperty'] ?? params['unevaluatedProperty'];
  if (typeof unknownKey === 'string') return unknownKeyFinding(unknownKey, path, knownKeys(error));
  if (error.keyword === 'required') {
    const missing = [...path, String(params['missingProperty'])];
    return { path: missing, message: `${subjectOf(missing)} is missing` };
  }
  return { path, message: `${subjectOf(path)} ${complaint(error)}` };
}

function unknownKeyFinding(key: string, path: KeyPath, valid: readonly string[]): Finding {
  const at = [...path, key];
  const nearest = nearestKey(key, valid);
  const advice = nearest === undefined ? '' : `, did you mean '${formatKeyPath([...path, nearest])}'?`;
  return { path: at, message: `unknown key ${subjectOf(at)}${advice}` };
}

/** The end of the sentence that begins with the key. */
function complaint(error: ErrorObject): string {
  const { keyword, params, schema, data } = error;
  const rule = valueRules.get(keyword);
  if (rule !== undefined) return rule(schema, data) ?? '';
  const expected: unknown = error.parentSchema?.['expected'];
  if (typeof expected === 'string') return `must be ${expected}`;
  if (keyword === 'type') return `must be ${typeNames(params['type'])}${data === null ? ', and is empty' : ''}`;
  if (keyword === 'enum') return `must be ${oneOf(params['allowedValues'])}`;
  if (keyword === 'const') return `must be ${oneOf([params['allowedValue']])}`;
  if (keyword === 'minLength' && params['limit'] === 1) return 'must not be empty';
  if (keyword === 'minItems' && params['limit'] === 1) return 'needs at least one entry';
  if (keyword === 'uniqueItems') return 'holds the same entry twice';
  if (keyword === 'minimum') return `must be at least ${params['limit']}`;
  if (keyword === 'maximum') return `must be at most ${params['limit']}`;
  if (keyword === 'oneOf' || keyword === 'anyOf') return 'has none of the allowed forms';
  return error.message ?? 'is not valid';
}

function typeNames(types: unknown): string {
  const names = Array.isArray(types) ? types : [types];
  return names.map((name) => TYPE_NAMES.get(String(name)) ?? String(name)).join(' or ');
}

/** `'a', 'b' or 3` */
function oneOf(values: unknown): string {
  const quoted = Array.isArray(values)
    ? values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value)))
    : [];
  return [quoted.slice(0, -1).join(', '), quoted.at(-1)].filter(Boolean).join(' or ');
}

function knownKeys(error: ErrorObject): readonly string[] {
  const properties: unknown = error.parentSchema?.['properties'];
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

/** JSON Pointer to keys; only the value itself tells an index from a key that looks like one. */
function toKeyPath(pointer: string, value: unknown): KeyPath {
  const path: (string | number)[] = [];
  let parent = value;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(parent) ? Number(key) : key);
    parent = typeof parent === 'object' && parent !== null ? Reflect.get(parent, key) : undefined;
  }
  return path;
}
