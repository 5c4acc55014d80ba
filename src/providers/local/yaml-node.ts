import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type LineCounter, type Scalar } from 'yaml';
import { FileProblem, type Place } from './file-problem.ts';
import type { SourceNode } from './source-node.ts';

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
// The limit of the yaml package's own conversion; nested anchors multiply, so a bomb reaches it early.
const MAX_ALIASES = 100;
const MAX_DEPTH = 200;
// Everything else (binary, sets, dates, a program's own types) would be served as something that it is not.
const PLAIN_TAG = /^(?:!|tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq))$/;

interface YamlNode extends SourceNode {
  /** Compact JSON made from what is written: 9007199254740993, 1.0 and a key `__proto__` survive. */
  json(): string;
}

/** What one file's nodes have in common while they are built. */
interface Reading {
  readonly document: Document;
  readonly lines: LineCounter;
  aliasesLeft: number;
}

/**
 * The content of a document that the parser found no error in, aliases followed.
 * @throws FileProblem for what has no meaning as a secret.
 */
export function yamlNode(document: Document, lines: LineCounter): SourceNode {
  return toNode(document.contents, { document, lines, aliasesLeft: MAX_ALIASES }, 0);
}

function toNode(written: unknown, reading: Reading, depth: number): YamlNode {
  const place = placeOf(written, reading.lines);
  if (depth > MAX_DEPTH) throw new FileProblem('broken', 'is nested too deeply', place);
  const node = isAlias(written) ? aliasTarget(written, reading) : written;
  if (isNode(node) && node.tag !== undefined && !PLAIN_TAG.test(node.tag))
    throw new FileProblem('broken', 'has a tag that has no meaning here', place);
  const placed = place === undefined ? {} : { place };
  if (isMap(node)) return { ...placed, ...mapNode(node.items, reading, depth) };
  if (isSeq(node)) return { ...placed, ...listNode(node.items.map((item) => toNode(item, reading, depth + 1))) };
  // A member that is written without a value has no node at all.
  return { ...placed, ...(isScalar(node) ? scalarNode(node, place) : absentNode) };
}

function aliasTarget(alias: Parameters<typeof isAlias>[0], reading: Reading): unknown {
  const place = placeOf(alias, reading.lines);
  const target = isAlias(alias) ? alias.resolve(reading.document) : undefined;
  if (target === undefined) throw new FileProblem('broken', 'has an alias without an anchor', place);
  if (reading.aliasesLeft-- === 0) throw new FileProblem('broken', `has more than ${MAX_ALIASES} aliases`, place);
  return target;
}

function mapNode(
  pairs: readonly { readonly key: unknown; readonly value?: unknown }[],
  reading: Reading,
  depth: number,
): YamlNode {
  const members = new Map<string, YamlNode>();
  for (const { key, value } of pairs) {
    const place = placeOf(key, reading.lines);
    if (!isScalar(key)) throw new FileProblem('broken', 'has a key that is no text', place);
    const name = scalarText(key);
    // The parser takes 1 and "1" for two keys.
    if (members.has(name)) throw new FileProblem('broken', 'is no valid YAML: duplicate key', place);
    members.set(name, toNode(value, reading, depth + 1));
  }
  const json = (): string =>
    `{${Array.from(members, ([name, member]) => `${JSON.stringify(name)}:${member.json()}`).join()}}`;
  return { kind: 'map', text: json, json, members: () => members, items: () => [] };
}

function listNode(items: readonly YamlNode[]): YamlNode {
  const json = (): string => `[${items.map((item) => item.json()).join()}]`;
  return { kind: 'list', text: json, json, members: () => new Map(), items: () => items };
}

function scalarNode(scalar: Scalar, place: Place | undefined): YamlNode {
  return {
    kind: typeof scalar.value === 'string' ? 'string' : 'literal',
    text: () => scalarText(scalar),
    json: () => scalarJson(scalar, place),
    members: () => new Map(),
    items: () => [],
  };
}

const absentNode: YamlNode = {
  kind: 'literal',
  text: () => '',
  json: () => 'null',
  members: () => new Map(),
  items: () => [],
};

function scalarText({ value, source }: Scalar): string {
  return typeof value === 'string' ? value : (source ?? String(value));
}

function scalarJson({ value, source = '' }: Scalar, place: Place | undefined): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'bigint' && typeof value !== 'number') return 'null';
  if (JSON_NUMBER.test(source)) return source;
  // .inf and .nan
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new FileProblem('broken', 'has a number that JSON cannot hold', place);
  return String(value);
}

function placeOf(node: unknown, lines: LineCounter): Place | undefined {
  const start = isNode(node) ? node.range?.[0] : undefined;
  if (start === undefined) return undefined;
  const { line, col } = lines.linePos(start);
  return { line, column: col };
}
