import { basename } from 'node:path';

/** What a file can be; `text` is anything else. */
export const formats = ['text', 'json', 'yaml', 'env'] as const;

export type DocumentFormat = (typeof formats)[number];

const TEMPLATE = /\.(?:template|tmpl|tpl)$/;
const BY_NAME: readonly (readonly [RegExp, DocumentFormat])[] = [
  [/\.json$/, 'json'],
  [/\.ya?ml$/, 'yaml'],
  [/^\.env(?:\.|$)|\.env$/, 'env'],
];

/** What a file is by its name, `app.yaml` and `app.yaml.template` alike. */
export function formatOf(file: string): DocumentFormat {
  const name = basename(file).toLowerCase().replace(TEMPLATE, '');
  return BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? 'text';
}
