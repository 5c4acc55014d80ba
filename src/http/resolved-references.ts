import type { SecretReference } from '../resolver/grammar/reference.ts';
import type { ResolvedReference } from '../resolver/resolver.ts';
import type { Turns } from '../resolver/turns.ts';

/** The list of what was replaced, as JSON. A document may name one reference a thousand times: it is written once. */
export async function resolvedReferences(references: readonly ResolvedReference[], turns: Turns): Promise<string> {
  const written = new Map<SecretReference, string>();
  const rows: string[] = [];
  for (const { reference, origin } of references) {
    const row =
      written.get(reference) ?? JSON.stringify({ ...referenceFields(reference), ...(origin ?? { isDefault: true }) });
    written.set(reference, row);
    rows.push(row);
    if (turns.isOver()) await turns.next();
  }
  return `[${rows.join(',')}]`;
}

/** What a reference names, member by member: nothing else can leave. */
const referenceFields = ({ source, path, key, stage }: SecretReference): object => ({
  reference: source,
  path,
  key,
  stage,
});
