import type { EnvValue } from './env-lines.ts';

// What stands for itself without quotes, in shells and in every reader of .env files.
const BARE = /^[\w./:@%+,=^-]*$/;
const SPECIAL_IN_DOUBLE = /["\\$`]/;

const NO_SPELLING =
  'the value has a single quote and one of " \\ $ `, or a backslash at its end, which no spelling in a .env file gives ' +
  'back to all its readers; ' +
  "'|base64' or '|url' makes it plain";

/** A part of a value's content: text of the file, or what is inserted. */
export interface EnvPart {
  readonly text: string;
  readonly isInserted: boolean;
}

/** How a value is written, or why it cannot be. */
export type EnvSpelling = { readonly text: string } | { readonly problem: string };

/**
 * Writes a value so that shells, Node.js, dotenv and Docker Compose read the same: in its own quotes where they can
 * hold what is inserted, else in others, unless something in the text around has a meaning of its own.
 */
export function spell({ quote, problem }: EnvValue, parts: readonly EnvPart[]): EnvSpelling {
  const inserted = parts.filter(({ isInserted }) => isInserted).map(({ text }) => text);
  if (problem !== undefined) return { problem: `the value in the file cannot be changed: ${problem}` };
  if (inserted.some((text) => /[\0\r]/.test(text)))
    return { problem: 'a carriage return or a NUL character cannot stand in a .env file' };
  const content = parts.map(({ text }) => text).join('');
  // Docker Compose takes a backslash before a closing quote for an escape, within single quotes, too; and dotenv may.
  const isEscaping = content.endsWith('\\');
  if (inserted.every((text) => fits(text, quote)) && (quote === '' || !isEscaping))
    return { text: `${quote}${content}${quote}` };
  const around = parts.filter(({ isInserted }) => !isInserted).map(({ text }) => text);
  if (around.some((text) => SPECIAL_IN_DOUBLE.test(text) || text.includes("'")))
    return { problem: 'the value needs other quotes, in which the text around it would mean something else' };
  if (isEscaping) return { problem: NO_SPELLING };
  if (!content.includes("'")) return { text: `'${content}'` };
  return SPECIAL_IN_DOUBLE.test(content) ? { problem: NO_SPELLING } : { text: `"${content}"` };
}

function fits(text: string, quote: EnvValue['quote']): boolean {
  if (quote === '') return BARE.test(text);
  return quote === '"' ? !SPECIAL_IN_DOUBLE.test(text) : !text.includes(quote);
}
