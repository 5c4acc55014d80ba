import { parseJson } from './json.ts';
import type { TemplateParser } from './template.ts';
import { parseText } from './text.ts';

/** What a document can be. */
export type Format = 'text' | 'json';

export const parsers: Readonly<Record<Format, TemplateParser>> = { text: parseText, json: parseJson };
