import type { Place } from './file-problem.ts';

/** A value as it is written in a secrets file, whatever the format. */
export interface SourceNode {
  /** `literal` is a number, a boolean or null. */
  readonly kind: 'string' | 'literal' | 'list' | 'map';
  /** Where it is written, where that is known. */
  readonly place?: Place;
  /** What is served for it: a string's content, a literal as written, a collection as JSON text. */
  text(): string;
  /** Members of a map by name; none for the other kinds. */
  members(): ReadonlyMap<string, SourceNode>;
  /** Items of a list; none for the other kinds. */
  items(): readonly SourceNode[];
}

/** A node that holds a string. */
export function stringNode(content: string): SourceNode {
  return { kind: 'string', text: () => content, members: () => new Map(), items: () => [] };
}

export const isScalarNode = (node: SourceNode): boolean => node.kind === 'string' || node.kind === 'literal';
