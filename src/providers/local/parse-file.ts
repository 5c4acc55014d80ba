import { isUtf8 } from 'node:buffer';
import { basename, extname } from 'node:path';
import { assertPath } from './assert-path.ts';
import { parseEnvSource } from './env-source.ts';
import { FileProblem } from './file-problem.ts';
import { parseJsonSource } from './json-source.ts';
import { parseSecret } from './parse-secret.ts';
import type { SourceNode } from './source-node.ts';
import type { StoredSecret } from './stored-secret.ts';
import { parseYamlSource } from './yaml-source.ts';

type SourceParser = (text: string) => ReadonlyMap<string, SourceNode> | undefined;

const PARSERS: ReadonlyMap<string, SourceParser> = new Map<string, SourceParser>([
  ['.yaml', parseYamlSource],
  ['.yml', parseYamlSource],
  ['.json', parseJsonSource],
  ['.env', parseEnvSource],
]);

/**
 * The secrets of a file by path. An empty file is told apart from one that says that there are none (`{}`): the first
 * may be a file that is being written.
 * @throws FileProblem
 */
export function parseFile(file: string, bytes: Uint8Array): ReadonlyMap<string, StoredSecret> {
  const parse = basename(file).startsWith('.env') ? parseEnvSource : PARSERS.get(extname(file).toLowerCase());
  if (parse === undefined)
    throw new FileProblem('broken', "is neither a directory nor a '.yaml', '.yml', '.json' or '.env' file");
  if (!isUtf8(bytes)) throw new FileProblem('broken', 'is not UTF-8 text');
  const text = new TextDecoder().decode(bytes);
  const nodes = text.trim() === '' ? undefined : parse(text);
  if (nodes === undefined || (nodes.size === 0 && parse === parseEnvSource)) throw new FileProblem('empty', 'is empty');
  const secrets = new Map<string, StoredSecret>();
  for (const [path, node] of nodes) {
    assertPath(path, 'key', node.place);
    secrets.set(path, parseMember(path, node));
  }
  return secrets;
}

function parseMember(path: string, node: SourceNode): StoredSecret {
  try {
    return parseSecret(node);
  } catch (error) {
    // JSON does not tell the line.
    if (!(error instanceof FileProblem) || error.place !== undefined) throw error;
    throw new FileProblem(error.kind, `${error.message}, in '${path}'`);
  }
}
