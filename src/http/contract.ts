import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A JSON object whose members are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Put in by the bundler, so that the bundle is one file and need not parse YAML when it starts.
declare const KEYFOB_CONTRACT: JsonObject | undefined;

/** The contract, `openapi.yaml`, as it is published. */
export function loadContract(): JsonObject {
  if (typeof KEYFOB_CONTRACT !== 'undefined') return KEYFOB_CONTRACT;
  const contract: unknown = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8'));
  if (!isObject(contract)) throw new TypeError('openapi.yaml is no object');
  return contract;
}
