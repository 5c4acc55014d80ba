import { childTexts, plainText } from '../../core/json-text.ts';
import { FileProblem, type Place } from './file-problem.ts';
import type { SourceNode } from './source-node.ts';

const POSITION = / at position (\d+)/;

/**
 * Top-level members of a JSON file; their text is cut from the source, so that every number stays as it is written.
 * @throws FileProblem
 */
export function parseJsonSource(text: string): ReadonlyMap<string, SourceNode> {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new FileProblem('broken', 'is no valid JSON', placeOf(text, error));
  }
  const root = jsonNode(text.trim());
  if (root.kind !== 'map') throw new FileProblem('broken', 'holds no object of paths and values', { line: 1 });
  return root.members();
}

/** The engine's message quotes the text, so only the position is taken from it. */
function placeOf(text: string, error: unknown): Place | undefined {
  const position = error instanceof Error ? POSITION.exec(error.message)?.[1] : undefined;
  if (position === undefined) return undefined;
  const before = text.slice(0, Number(position)).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function jsonNode(text: string): SourceNode {
  const kind = kindOf(text);
  return {
    kind,
    text: () => plainText(text),
    members: () => (kind === 'map' ? membersOf(text) : new Map()),
    items: () => (kind === 'list' ? Array.from(childTexts(text), ([, item]) => jsonNode(item)) : []),
  };
}

function kindOf(text: string): SourceNode['kind'] {
  if (text.startsWith('{')) return 'map';
  if (text.startsWith('[')) return 'list';
  return text.startsWith('"') ? 'string' : 'literal';
}

function membersOf(text: string): ReadonlyMap<string, SourceNode> {
  const members = new Map<string, SourceNode>();
  for (const [name, child] of childTexts(text)) {
    if (members.has(name)) throw new FileProblem('broken', 'has a duplicate key');
    members.set(name, jsonNode(child));
  }
  return members;
}
