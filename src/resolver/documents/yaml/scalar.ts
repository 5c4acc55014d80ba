import { CST } from 'yaml';
import type { Found } from '../../grammar/scan.ts';
import type { Insertion } from '../../insertion.ts';
import { unmask } from '../mask.ts';
import type { Splice } from '../template.ts';
import { toFlow } from './flow-json.ts';
import { doubleQuoted, escapeDoubleQuoted, isPlainPart, isPlainStart, isPlainText, isPrintable } from './quoting.ts';

/** Something of ours in a scalar, and what takes its place. */
export interface Mark extends Found {
  /** Index of the place; an escape has none. */
  readonly place?: number;
}

/** A scalar with something of ours in it. */
export interface MarkedScalar {
  /** Of the masked text. */
  readonly token: CST.FlowScalar | CST.BlockScalar;
  readonly isKey: boolean;
  /** The mapping or list that it is a direct part of. */
  readonly parent: CST.Token | undefined;
  readonly marks: readonly Mark[];
  readonly mask: string;
}

/** A mark with the value that takes its place. */
export interface Filled extends Mark {
  readonly insertion: Insertion;
}

const MAX_KEY_LENGTH = 1_024;
// At the beginning of a line they end a document, also within quotes.
const DOCUMENT_MARK = /\n(?:---|\.\.\.)(?:\s|$)/;
// libyaml and what descends from it, as Go's, take it for indentation.
const TAB_FIRST = /^[ \r\n]*\t/;

/**
 * How a scalar is written with its values in it: in its own style where that can hold them, else in double quotes,
 * which can hold everything.
 * @returns what is wrong, where it cannot be written
 */
export function encodeScalar(scalar: MarkedScalar, marks: readonly Filled[]): readonly Splice[] | string {
  const splices = encode(scalar, marks);
  if (!scalar.isKey || typeof splices === 'string') return splices;
  const length = splices.reduce(
    (sum, { start, end, text }) => sum + text.length - (end - start),
    scalar.token.source.length,
  );
  return length > MAX_KEY_LENGTH ? `a key of YAML has at most ${MAX_KEY_LENGTH} characters` : splices;
}

function encode(scalar: MarkedScalar, marks: readonly Filled[]): readonly Splice[] | string {
  const { token } = scalar;
  if (token.type === 'block-scalar') return encodeBlock(scalar, token, marks);
  const { source, offset } = token;
  const splices = encodeFlow({ ...scalar, token }, marks);
  if (typeof splices === 'string') return splices;
  if (splices !== undefined && !DOCUMENT_MARK.test(spliceSource(source, offset, splices))) return splices;
  return [{ start: offset, end: offset + source.length, text: doubleQuoted(contentOf(scalar, marks)) }];
}

interface MarkedFlowScalar extends MarkedScalar {
  readonly token: CST.FlowScalar;
}

/** In its own style; undefined where that cannot hold the values. */
function encodeFlow(scalar: MarkedFlowScalar, marks: readonly Filled[]): readonly Splice[] | string | undefined {
  const { token } = scalar;
  const isMultiline = token.source.includes('\n');
  if (token.type === 'double-quoted-scalar') {
    // Nothing keeps a blank before a line break from being folded away.
    const leavesBlank = isMultiline && marks.some(({ insertion: { text } }) => text === '');
    return leavesBlank ? undefined : marks.map((mark) => withinDoubleQuotes(token, mark));
  }
  if (token.type === 'single-quoted-scalar') {
    const fits = ({ insertion: { text } }: Filled): boolean =>
      isPrintable(text) && !text.includes('\n') && !(isMultiline && /^$|^[ \t]|[ \t]$/.test(text));
    return marks.every(fits)
      ? marks.map((mark) => inPlace(mark, mark.insertion.text.replaceAll("'", "''")))
      : undefined;
  }
  return encodePlain(scalar, marks);
}

/** Undefined where quotes are needed. */
function encodePlain(
  { token, isKey }: MarkedFlowScalar,
  marks: readonly Filled[],
): readonly Splice[] | string | undefined {
  const [first] = marks;
  if (first === undefined) return [];
  const { json } = first.insertion;
  const isWhole = first.start === token.offset && first.end === token.offset + token.source.length;
  if (isWhole && !isKey && json !== undefined && !json.startsWith('"')) {
    const flow = toFlow(json);
    return flow === undefined ? 'the value has a name twice, which YAML does not allow' : [inPlace(first, flow)];
  }
  if (!marks.every(({ insertion: { text } }) => isPlainPart(text))) return undefined;
  if (first.start === token.offset && !isPlainStart(first.insertion.text)) return undefined;
  const filled = marks.map((mark) => inPlace(mark, mark.insertion.text));
  return isPlainText(spliceSource(token.source, token.offset, filled)) ? filled : undefined;
}

function encodeBlock(scalar: MarkedScalar, token: CST.BlockScalar, marks: readonly Filled[]): readonly Splice[] {
  const bodyStart = token.props.reduce((_, prop) => endOf(prop), token.offset);
  const content = contentOf(scalar, marks);
  const values = marks.map(({ insertion }) => insertion.text);
  if (values.every(isPrintable)) {
    const indent = indentOf(token, bodyStart, marks);
    const filled = marks.map((mark) => inPlace(mark, mark.insertion.text.replaceAll(/\n(?!\n)/g, `\n${indent}`)));
    const source = spliceSource(token.source, bodyStart, filled);
    const isSafe =
      indent !== '' &&
      !TAB_FIRST.test(source) &&
      (!values.some((value) => value.includes('\n')) || headerOf(token).startsWith('|'));
    if (isSafe && readsAs({ ...token, source }, content)) return filled;
  }
  const header = token.props.find(({ type }) => type === 'block-scalar-header');
  const start = header?.offset ?? token.offset;
  return [
    { start, end: start + headerOf(token).length, text: doubleQuoted(content) },
    { start: bodyStart, end: bodyStart + token.source.length, text: '' },
  ];
}

/** The blanks before the line of the first mark that are not part of the content. */
function indentOf(token: CST.BlockScalar, bodyStart: number, [first]: readonly Filled[]): string {
  const digits = /\d/.exec(headerOf(token))?.[0];
  if (digits !== undefined) return ' '.repeat(Math.max(0, token.indent) + Number(digits));
  // That of the first line that is not empty.
  const line = token.source.slice(0, (first?.start ?? bodyStart) - bodyStart + 1).match(/^( *)[^ \r\n]/m);
  return line?.[1] ?? '';
}

const headerOf = (token: CST.BlockScalar): string =>
  token.props.flatMap((prop) => (prop.type === 'block-scalar-header' ? [prop.source] : []))[0] ?? '';

const endOf = (prop: CST.Token): number => prop.offset + ('source' in prop ? prop.source.length : 0);

function readsAs(token: CST.BlockScalar, content: string): boolean {
  let isGood = true;
  const { value } = CST.resolveAsScalar(token, true, () => (isGood = false));
  return isGood && value === content;
}

/** What the scalar says, with the values in it. */
export function contentOf({ token, mask }: Omit<MarkedScalar, 'marks'>, marks: readonly Filled[]): string {
  // What is odd about it is told by whoever reads the result.
  const { value } = CST.resolveAsScalar(token, false, () => undefined);
  const masks = marks.map((mark) => ({
    length: mark.end - mark.start,
    value: mark.insertion.text,
    before: token.type === 'double-quoted-scalar' ? backslashesBefore(token, mark) : 0,
  }));
  return unmask(value, mask, masks);
}

function withinDoubleQuotes(token: CST.FlowScalar, mark: Filled): Splice {
  const splice = inPlace(mark, escapeDoubleQuoted(mark.insertion.text));
  return { ...splice, start: splice.start - backslashesBefore(token, mark) };
}

/** In double quotes a backslash is written twice: the first one of an escaped opening, if it is written so. */
function backslashesBefore({ source, offset }: CST.FlowScalar, { start, what }: Mark): 0 | 1 {
  if (what !== 'escape') return 0;
  let count = 0;
  while (source[start - offset - 1 - count] === '\\') count++;
  return count % 2 === 1 ? 1 : 0;
}

const inPlace = ({ start, end }: Mark, text: string): Splice => ({ start, end, text });

function spliceSource(source: string, offset: number, splices: readonly Splice[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text } of splices) {
    parts.push(source.slice(at, start - offset), text);
    at = end - offset;
  }
  return parts.join('') + source.slice(at);
}
