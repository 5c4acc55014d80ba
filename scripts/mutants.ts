import { stripTypeScriptTypes } from 'node:module';
import { type AnyNode, parse } from 'acorn';
import { full } from 'acorn-walk';

/** One small mistake in a file. */
export interface Mutant {
  readonly line: number;
  /** What is there, and what the mistake makes of it. */
  readonly before: string;
  readonly after: string;
  /** The whole file with the mistake. */
  readonly code: string;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const OPPOSITES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '===': '!==',
    '!==': '===',
    '<': '<=',
    '<=': '<',
    '>': '>=',
    '>=': '>',
    '+': '-',
    '-': '+',
    '*': '/',
    '/': '*',
    '&&': '||',
    '||': '&&',
  }),
);
const TWINS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    every: 'some',
    some: 'every',
    startsWith: 'endsWith',
    endsWith: 'startsWith',
    min: 'max',
    max: 'min',
  }),
);

/** Every mistake of the kinds below in a file of TypeScript, whose types say nothing at run time. */
export function mutantsOf(source: string): readonly Mutant[] {
  // The types become blanks, so that places stay as they are.
  const code = stripTypeScriptTypes(source);
  const edits: Edit[] = [];
  full(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }), (node) => edits.push(...editsOf(node, code)));
  return edits
    .sort((a, b) => a.start - b.start || a.end - b.end)
    .map(({ start, end, text }) => ({
      line: code.slice(0, start).split('\n').length,
      before: shorten(source.slice(start, end)),
      after: text === '' ? '(nothing)' : shorten(text),
      code: code.slice(0, start) + text + code.slice(end),
    }));
}

const editsOf = (node: AnyNode, code: string): readonly Edit[] =>
  [decisions, operators, literals, statements, twins].flatMap((kind) => kind(node, code));

const instead = ({ start, end }: AnyNode, text: string): Edit => ({ start, end, text });

/** A question that is always answered alike. */
function decisions(node: AnyNode): readonly Edit[] {
  if (node.type === 'IfStatement' || node.type === 'ConditionalExpression')
    return [instead(node.test, 'true'), instead(node.test, 'false')];
  if (node.type !== 'WhileStatement' && node.type !== 'ForStatement') return [];
  return node.test === null || node.test === undefined ? [] : [instead(node.test, 'false')];
}

function literals(node: AnyNode): readonly Edit[] {
  if (node.type !== 'Literal') return [];
  if (typeof node.value === 'boolean') return [instead(node, String(!node.value))];
  return typeof node.value === 'number' ? [instead(node, String(node.value + 1))] : [];
}

/** Something that is not done. */
function statements(node: AnyNode): readonly Edit[] {
  const isDone = node.type === 'ExpressionStatement' && node.expression.type !== 'Literal';
  return isDone || node.type === 'ThrowStatement' ? [instead(node, '')] : [];
}

function twins(node: AnyNode): readonly Edit[] {
  if (node.type !== 'MemberExpression' || node.property.type !== 'Identifier') return [];
  const twin = TWINS.get(node.property.name);
  return twin === undefined ? [] : [instead(node.property, twin)];
}

function operators(node: AnyNode, code: string): readonly Edit[] {
  const textOf = ({ start, end }: AnyNode): string => code.slice(start, end);
  if (node.type === 'UnaryExpression') return node.operator === '!' ? [instead(node, textOf(node.argument))] : [];
  if (node.type === 'UpdateExpression')
    return [
      instead(
        node,
        textOf(node).replace(/\+\+|--/, (sign) => (sign === '++' ? '--' : '++')),
      ),
    ];
  return node.type === 'BinaryExpression' || node.type === 'LogicalExpression' ? swaps(node, code) : [];
}

function swaps(
  { left, right, operator }: { readonly left: AnyNode; readonly right: AnyNode; readonly operator: string },
  code: string,
): readonly Edit[] {
  const between = code.slice(left.end, right.start);
  const at = left.end + between.indexOf(operator);
  const swap = OPPOSITES.get(operator);
  const edits: Edit[] = swap === undefined ? [] : [{ start: at, end: at + operator.length, text: swap }];
  // Each side alone, where one of two is enough or both are needed.
  if (operator === '&&' || operator === '||' || operator === '??') {
    edits.push({ start: left.start, end: right.end, text: code.slice(left.start, left.end) });
    edits.push({ start: left.start, end: right.end, text: code.slice(right.start, right.end) });
  }
  return edits;
}

const shorten = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
};
