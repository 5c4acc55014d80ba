import { parseEnv } from './env.ts';
import { parseJson } from './json.ts';
import type { TemplateParser } from './template.ts';
import { parseText } from './text.ts';
import { parseYaml } from './yaml.ts';

/** What a document can be. */
export type Format = 'text' | 'json' | 'yaml' | 'env';

export const parsers: Readonly<Record<Format, TemplateParser>> = {
  text: parseText,
  json: parseJson,
  yaml: parseYaml,
  env: parseEnv,
};
