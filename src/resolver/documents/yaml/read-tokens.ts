import { type CST, Lexer, Parser } from 'yaml';
import { RequestError } from '../../../core/errors/request-error.ts';
import { Positions } from '../../positions.ts';
import type { Turns } from '../../turns.ts';

/** A token that holds text, and whether it is a key of a mapping. */
export interface Leaf {
  readonly token: Exclude<Extract<CST.Token, { source: string }>, CST.ErrorToken | CST.DocumentEnd>;
  readonly isKey: boolean;
  /** What it is a direct part of. */
  readonly parent: CST.Token | undefined;
}

// Deeper than anybody writes. What is still open where the text ends is one step of the library, which takes seconds for
// a million brackets.
const MAX_DEPTH = 1_000;

/**
 * The tokens of all documents of a YAML text, from left to right. The library's syntax tree is not composed: that may
 * take seconds, and cannot be done in slices.
 * @throws RequestError `InvalidBody` for what nests too deeply
 */
export async function readTokens(text: string, turns: Turns): Promise<readonly CST.Token[]> {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > MAX_DEPTH) throw tooDeep(text, parser.offset);
    if (turns.isOver()) await turns.next();
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

/**
 * The tokens that hold text, in its order.
 * @throws RequestError `InvalidBody` for what is no YAML
 */
export function* leaves(text: string, tokens: readonly CST.Token[]): Generator<Leaf, void> {
  const stack = tokens.map((token) => toNode(token)).toReversed();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const { token, isKey, parent } = node;
    if (token.type === 'error' || token.type === 'flow-error-end') throw malformed(text, token.offset);
    if ('source' in token && token.type !== 'doc-end') yield { token, isKey, parent };
    for (const child of childrenOf(token).toReversed()) stack.push(child);
  }
}

interface Node {
  readonly token: CST.Token;
  readonly isKey: boolean;
  readonly parent: CST.Token | undefined;
}

const toNode = (token: CST.Token, parent?: CST.Token): Node => ({ token, isKey: false, parent });

function childrenOf(parent: CST.Token): readonly Node[] {
  const nodes = (tokens: readonly (CST.Token | undefined)[]): readonly Node[] =>
    tokens.flatMap((token) => (token === undefined ? [] : [toNode(token, parent)]));
  if (parent.type === 'document') return nodes([...parent.start, parent.value, ...(parent.end ?? [])]);
  if (parent.type === 'block-scalar') return nodes(parent.props);
  const end = 'end' in parent ? nodes(parent.end ?? []) : [];
  if (!('items' in parent)) return end;
  const items = parent.items.flatMap(({ start, key, sep, value }) => [
    ...nodes(start),
    ...(key ? [{ token: key, isKey: true, parent }] : []),
    ...nodes([...(sep ?? []), value]),
  ]);
  return [...items, ...end];
}

export const malformed = (text: string, offset: number): RequestError =>
  new RequestError('InvalidBody', `the document is no valid YAML in ${placeOf(text, offset)}`);

const tooDeep = (text: string, offset: number): RequestError =>
  new RequestError('InvalidBody', `the document nests deeper than ${MAX_DEPTH} levels in ${placeOf(text, offset)}`);

function placeOf(text: string, offset: number): string {
  const { line, column } = new Positions(text).at(offset);
  return `line ${line}, column ${column}`;
}
