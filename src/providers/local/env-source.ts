import { parseEnv } from 'node:util';
import { type SourceNode, stringNode } from './source-node.ts';

/** The variables of a .env file; their names are the paths. */
export function parseEnvSource(text: string): ReadonlyMap<string, SourceNode> {
  return new Map(Object.entries(parseEnv(text)).map(([name, value]) => [name, stringNode(value ?? '')]));
}
