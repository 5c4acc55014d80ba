import type { SecretReference } from '../resolver/grammar/reference.ts';
import type { ResolvedReference } from '../resolver/resolver.ts';

/** The list of what was replaced, as JSON. A document may name one reference a thousand times: it is written once. */
export function resolvedReferences(references: readonly ResolvedReference[]): string {
  const written = new Map<SecretReference, string>();
  const rows = references.map(({ reference, origin }) => {
    const known = written.get(reference);
    if (known !== undefined) return known;
    const row = JSON.stringify({ ...referenceFields(reference), ...(origin ?? { isDefault: true }) });
    written.set(reference, row);
    return row;
  });
  return `[${rows.join(',')}]`;
}

/** What a reference names, member by member: nothing else can leave. */
const referenceFields = ({ source, path, key, stage }: SecretReference): object => ({
  reference: source,
  path,
  key,
  stage,
});
