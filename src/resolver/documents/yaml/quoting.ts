// Outside of what JSON escapes: what YAML does not take as it is, and what some parsers take for a line break.
const UNPRINTABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * The content of a double-quoted scalar. Blanks at its ends are escaped, since next to a line break they would be
 * folded away.
 */
export function escapeDoubleQuoted(value: string): string {
  return JSON.stringify(value)
    .slice(1, -1)
    .replace(UNPRINTABLE, (character) => String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/^ | $/g, String.raw`\x20`);
}

export const doubleQuoted = (value: string): string => `"${escapeDoubleQuoted(value)}"`;

/** Whether a value has only characters that stand for themselves in single quotes and in blocks, line feeds aside. */
export const isPrintable = (value: string): boolean =>
  !/[\0-\x08\x0b-\x1f]/.test(value) && !UNPRINTABLE_ONE.test(value);
const UNPRINTABLE_ONE = new RegExp(UNPRINTABLE.source);

const PLAIN = /^[\w./+=~^()$;<@%!*&-]+$/;
const PLAIN_START = /^[\w/]/;
// What YAML 1.1 or 1.2 takes for something else than text, and more that looks like it.
const NOT_TEXT = /^(?:[-+]?\.?\d[\d_.:a-fox+TtZz -]*|[-+]?\.inf|\.nan|true|false|yes|no|on|off|y|n|null|~|=|<<)$/i;

/** Whether a value can stand within a plain scalar. */
export const isPlainPart = (value: string): boolean => PLAIN.test(value);

/** Whether a plain scalar in which values stand is still one, and text. */
export const isPlainText = (text: string): boolean => !/^[-?:.]/.test(text) && !NOT_TEXT.test(text.trim());

export const isPlainStart = (value: string): boolean => PLAIN_START.test(value);
