import type { ProviderKind } from '../core/provider.ts';
import type { Finding } from './config-problems.ts';
import { subjectOf } from './key-path.ts';
import type { SchemaChecker } from './schema-checker.ts';
import type { NamedSchema } from './schema-parts.ts';
import { commonProviderProperties } from './schema.ts';

/** One entry of `providers` as the schema of its type sees it, common keys included. */
export function providerSchema(kind: ProviderKind): NamedSchema {
  const common = Object.fromEntries(Object.keys(commonProviderProperties).map((key) => [key, true]));
  return {
    ...kind.schema,
    $id: `provider/${kind.type}`,
    type: 'object',
    properties: { ...kind.schema.properties, ...common },
    additionalProperties: false,
  };
}

/** The keys of an entry that are its type's own. */
export function providerOptions(entry: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !Object.hasOwn(commonProviderProperties, key)));
}

/** What the types of the providers find wrong with their entries; fills in the defaults of the type. */
export function providerFindings(
  entries: readonly unknown[],
  kinds: readonly ProviderKind[],
  check: SchemaChecker,
): readonly Finding[] {
  return entries.flatMap((entry, index) => {
    const kind = kindOf(entry, kinds);
    if (kind === undefined || typeof entry !== 'object' || entry === null) return [];
    const path = ['providers', index];
    const schema = providerSchema(kind);
    const misfits = check(schema, entry, path);
    const wrongKeys = new Set(misfits.map((finding) => finding.path[path.length]));
    // What fits is looked at without the rest, so that everything is reported at once.
    const rest = Object.fromEntries(Object.entries(entry).filter(([key]) => !wrongKeys.has(key)));
    if (misfits.length > 0 && check(schema, rest, path).length > 0) return misfits;
    const problems = (kind.check?.(providerOptions(rest)) ?? []).map(({ key, message }) => {
      const at = [...path, ...key.split('.')];
      return { path: at, message: `${subjectOf(at)} ${message}` };
    });
    return [...misfits, ...problems.filter((finding) => !wrongKeys.has(finding.path[path.length]))];
  });
}

/** The type of an entry; undefined when it names none. */
export function kindOf(entry: unknown, kinds: readonly ProviderKind[]): ProviderKind | undefined {
  if (typeof entry !== 'object' || entry === null || !('type' in entry)) return undefined;
  return kinds.find(({ type }) => type === entry.type);
}
