import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isObject, type JsonObject } from '../core/json-object.ts';

// Put in by the bundler, so that the bundle is one file and need not parse YAML when it starts.
declare const KEYFOB_CONTRACT: JsonObject | undefined;

/** The contract, `openapi.yaml`, as it is published. */
export function loadContract(): JsonObject {
  if (typeof KEYFOB_CONTRACT !== 'undefined') return KEYFOB_CONTRACT;
  const contract: unknown = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8'));
  if (!isObject(contract)) throw new TypeError('openapi.yaml is no object');
  return contract;
}
