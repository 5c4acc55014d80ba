import { credentialSchema } from '../core/credential-setting.ts';
import { type KeyPath, keyPathId } from './key-path.ts';

/** Places of credentials that are written into the configuration instead of `{ env }` or `{ file }`. */
export function literalCredentials(schema: unknown, value: unknown, path: KeyPath): readonly KeyPath[] {
  const found = search(schema, value, path);
  return [...new Map(found.map((at) => [keyPathId(at), at])).values()];
}

function search(schema: unknown, value: unknown, path: KeyPath): readonly KeyPath[] {
  if (schema === undefined) return [];
  const rules = membersOf(schema);
  if (rules.get('anyOf') === credentialSchema.anyOf) return typeof value === 'string' ? [path] : [];
  const alternatives = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => [...membersOf(rules.get(key)).values()]);
  const branches = [...alternatives, rules.get('then'), rules.get('else')];
  return [...branches.flatMap((branch) => search(branch, value, path)), ...searchMembers(rules, value, path)];
}

function searchMembers(rules: ReadonlyMap<string, unknown>, value: unknown, path: KeyPath): readonly KeyPath[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => search(rules.get('items'), item, [...path, index]));
  const properties = membersOf(rules.get('properties'));
  const others = rules.get('additionalProperties');
  return [...membersOf(value)].flatMap(([key, member]) =>
    search(properties.get(key) ?? others, member, [...path, key]),
  );
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}
