import { LineCounter, parseDocument } from 'yaml';
import { FileProblem } from './file-problem.ts';
import type { SourceNode } from './source-node.ts';
import { yamlNode } from './yaml-node.ts';

/**
 * Top-level members of a YAML 1.2 file; undefined when it holds nothing at all. Numbers stay as they are written.
 * @throws FileProblem
 */
export function parseYamlSource(text: string): ReadonlyMap<string, SourceNode> | undefined {
  const lines = new LineCounter();
  // Pretty errors quote the text, thus a value.
  const document = parseDocument(text, { intAsBigInt: true, prettyErrors: false, lineCounter: lines });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    const what = problem.code.toLowerCase().replaceAll('_', ' ');
    throw new FileProblem('broken', `is no valid YAML: ${what}`, { line, column: col });
  }
  if (document.contents === null) return undefined;
  const root = yamlNode(document, lines);
  if (root.kind === 'literal' && root.text() === '') return undefined;
  if (root.kind !== 'map') throw new FileProblem('broken', 'holds no map of paths and values', { line: 1 });
  return root.members();
}
