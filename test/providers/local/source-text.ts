import type { SourceNode } from '../../../src/providers/local/source-node.ts';

/** The text that each member of a source would be served as. */
export function sourceTexts(source: ReadonlyMap<string, SourceNode> | undefined): readonly (readonly string[])[] {
  return Array.from(source ?? [], ([name, node]) => [name, node.kind, node.text()]);
}
