import { FileProblem } from './file-problem.ts';
import { parseValue } from './parse-value.ts';
import { isScalarNode, type SourceNode } from './source-node.ts';
import { canonicalStage, isStageName } from '../../core/held/stage-name.ts';
import type { ExplicitVersion } from './stored-secret.ts';
import { isVersionId } from '../../core/held/version-id.ts';

const KEYS = new Set(['id', 'value', 'stages', 'createdAt']);
const DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

/**
 * The `versions` of a secret, oldest first.
 * @throws FileProblem
 */
export function parseVersions(node: SourceNode): readonly ExplicitVersion[] {
  const versions = node.items().map(parseVersion);
  if (versions.length === 0) throw problem(node, "has a 'versions' that is no list of versions");
  if (hasDuplicates(versions.map((version) => version.id))) throw problem(node, "has two versions with one 'id'");
  if (hasDuplicates(versions.flatMap((version) => version.stages.map(canonicalStage))))
    throw problem(node, 'has one stage on two versions');
  return versions;
}

function parseVersion(node: SourceNode): ExplicitVersion {
  const members = node.members();
  const id = members.get('id');
  const value = members.get('value');
  if (id === undefined || value === undefined) throw problem(node, "has a version without 'id' and 'value'");
  for (const name of members.keys())
    if (!KEYS.has(name)) throw problem(node, "has a version with a key besides 'id', 'value', 'stages', 'createdAt'");
  if (!isScalarNode(id) || !isVersionId(id.text()))
    throw problem(id, "has a version whose 'id' is not 1 to 128 letters, digits or '.', ':', '_', '+', '-'");
  const createdAt = members.get('createdAt');
  return {
    id: id.text(),
    value: parseValue(value),
    stages: parseStages(members.get('stages')),
    ...(createdAt !== undefined && { createdAt: parseDate(createdAt) }),
  };
}

function parseStages(node: SourceNode | undefined): readonly string[] {
  if (node === undefined) return [];
  const stages = node.items().map((item) => (isScalarNode(item) ? item.text() : ''));
  if (node.kind !== 'list' || !stages.every(isStageName))
    throw problem(node, "has a version whose 'stages' is no list of names");
  return stages;
}

function parseDate(node: SourceNode): Date {
  const date = new Date(DATE.test(node.text()) ? node.text() : Number.NaN);
  if (Number.isNaN(date.getTime())) throw problem(node, "has a version whose 'createdAt' is no ISO 8601 date");
  return date;
}

const problem = (node: SourceNode, message: string): FileProblem => new FileProblem('broken', message, node.place);

const hasDuplicates = (items: readonly string[]): boolean => new Set(items).size < items.length;
