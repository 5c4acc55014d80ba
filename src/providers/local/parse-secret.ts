import { FileProblem } from './file-problem.ts';
import { parseValue } from './parse-value.ts';
import { parseVersions } from './parse-versions.ts';
import { isScalarNode, type SourceNode } from './source-node.ts';
import type { StoredSecret } from './stored-secret.ts';

const VERSIONED_KEYS = new Set(['versions', 'tags', 'description']);

/**
 * A secret of a YAML or JSON file. A map with `versions` and no keys but `tags` and `description` is a secret written
 * out; every other node is the value.
 * @throws FileProblem
 */
export function parseSecret(node: SourceNode): StoredSecret {
  const members = node.members();
  const versions = members.get('versions');
  if (versions === undefined || ![...members.keys()].every((name) => VERSIONED_KEYS.has(name)))
    return { content: { value: parseValue(node) } };
  const tags = members.get('tags');
  const description = members.get('description');
  return {
    content: { versions: parseVersions(versions) },
    ...(tags !== undefined && { tags: parseTags(tags) }),
    ...(description !== undefined && { description: parseText(description, 'description') }),
  };
}

function parseTags(node: SourceNode): Readonly<Record<string, string>> {
  if (node.kind !== 'map') throw new FileProblem('broken', "has 'tags' that are no map", node.place);
  // Unlike an assignment, this keeps a tag named __proto__.
  return Object.fromEntries(Array.from(node.members(), ([name, tag]) => [name, parseText(tag, 'tags')] as const));
}

function parseText(node: SourceNode, key: string): string {
  if (!isScalarNode(node)) throw new FileProblem('broken', `has a '${key}' that is no text`, node.place);
  return node.text();
}
