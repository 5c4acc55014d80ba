import type { ResolvedReference } from '../resolver/resolver.ts';
import type { Turns } from '../resolver/turns.ts';

/** The list of what was replaced, as JSON. */
export async function resolvedReferences(references: Iterable<ResolvedReference>, turns: Turns): Promise<string> {
  const rows: string[] = [];
  await turns.each(references, (resolved) => rows.push(JSON.stringify(toRow(resolved))));
  return `[${rows.join(',')}]`;
}

/** Member by member: nothing else can leave. JSON leaves out what is undefined. */
function toRow({ reference: { source, path, key, stage }, origin }: ResolvedReference): object {
  return {
    reference: source,
    path,
    key,
    stage,
    provider: origin?.provider,
    version: origin?.version,
    isDefault: origin === undefined ? true : undefined,
  };
}
