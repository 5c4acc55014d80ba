import { isAlias, isMap, isNode, isPair, isScalar, isSeq, type YAMLMap } from 'yaml';
import type { Finding } from './config-problems.ts';
import { type KeyPath, keyPathId, subjectOf } from './key-path.ts';

/** What one walk over the nodes of a YAML document tells. */
export interface YamlSurvey {
  /** Where each key or list item starts in the text, by `keyPathId`. */
  readonly offsets: ReadonlyMap<string, number>;
  readonly duplicates: readonly Finding[];
  /** Offsets of aliases without an anchor before them. */
  readonly unknownAliases: readonly number[];
}

interface Walk {
  readonly offsets: Map<string, number>;
  readonly duplicates: Finding[];
  readonly unknownAliases: number[];
  readonly anchors: Set<string>;
}

export function surveyYaml(root: unknown): YamlSurvey {
  const walk: Walk = { offsets: new Map(), duplicates: [], unknownAliases: [], anchors: new Set() };
  visitNode(walk, root, []);
  return walk;
}

function visitNode(walk: Walk, node: unknown, path: KeyPath): void {
  if (!isNode(node)) return;
  if (isAlias(node)) {
    if (!walk.anchors.has(node.source)) walk.unknownAliases.push(node.range?.[0] ?? 0);
    return;
  }
  if (node.anchor !== undefined) walk.anchors.add(node.anchor);
  if (isMap(node)) visitMap(walk, node, path);
  if (!isSeq(node)) return;
  for (const [index, item] of node.items.entries()) {
    // An item of the form `- ? key` is a pair and not a node; it is read as a mapping.
    const itemNode = isPair(item) ? item.key : item;
    if (isNode(itemNode)) walk.offsets.set(keyPathId([...path, index]), itemNode.range?.[0] ?? 0);
    visitNode(walk, item, [...path, index]);
  }
}

function visitMap(walk: Walk, map: YAMLMap, path: KeyPath): void {
  const seen = new Set<string>();
  for (const { key, value } of map.items) {
    visitNode(walk, key, path);
    if (isScalar(key)) {
      const name = String(key.value);
      const at = [...path, name];
      if (seen.has(name)) walk.duplicates.push({ path: at, message: `${subjectOf(at)} is given twice` });
      seen.add(name);
      walk.offsets.set(keyPathId(at), key.range?.[0] ?? 0);
      visitNode(walk, value, at);
    }
  }
}
