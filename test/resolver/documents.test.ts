import * as fc from 'fast-check';
import { parseEnv } from 'node:util';
import { test } from 'tap';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { ResolveFailure } from '../../src/resolver/resolve-failure.ts';
import { noMetrics } from '../client/client-rig.ts';
import { secretText } from './arbitraries.ts';
import { readByShell } from './read-by-shell.ts';
import { createResolverRig } from './resolver-rig.ts';

const metrics = noMetrics();
const names = ['a', 'b', 'c'] as const;
type Name = (typeof names)[number];
type Values = Readonly<Record<Name, string>>;

const values = fc.record({ a: secretText, b: secretText, c: secretText });
const rigOf = (all: Values) => createResolverRig(new Map(Object.entries(all)), { metrics });

/** Text with marks for references, which no secret and no text has. */
const marked = fc
  .array(
    fc.oneof(fc.constantFrom('<a>', '<b>', '<c>'), fc.constantFrom('x', ' ', 'é', '"', "'", '\\', '\n', '#', ':', '5')),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''));
const withReferences = (text: string, [open, close]: readonly [string, string] = ['{{', '}}']): string =>
  text.replace(/<(\w)>/g, (_, name: string) => `${open}secret:${name}${close}`);
const withValues = (text: string, all: Values, [open, close]: readonly [string, string] = ['{{', '}}']): string =>
  text.replace(/(\\)?<(\w)>/g, (_, backslash: string | undefined, name: Name) =>
    backslash === undefined ? all[name] : `${open}secret:${name}${close}`,
  );

/** Any data with marks in its texts and names. */
const data = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    marked,
    fc.constantFrom(1, true, null, 1.5),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(marked, tie('node'), { maxKeys: 3 }),
  ),
})).node;

function map(node: unknown, change: (text: string) => string): unknown {
  if (typeof node === 'string') return change(node);
  if (Array.isArray(node)) return node.map((item) => map(item, change));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [change(name), map(value, change)]));
}

const namesOf = (node: unknown): number =>
  Array.isArray(node)
    ? node.reduce((sum: number, item) => sum + namesOf(item), 0)
    : typeof node === 'object' && node !== null
      ? Object.entries(node).reduce((sum, [, value]) => sum + 1 + namesOf(value), 0)
      : 0;

/** The library writes some texts so that it reads others, or nothing. */
function readsAs(document: string, data: unknown): boolean {
  try {
    return JSON.stringify(parse(document)) === JSON.stringify(data);
  } catch {
    return false;
  }
}

/** Two names that became equal by their values are refused; nothing else is. */
function refused(error: unknown): { readonly text?: string } {
  if (!(error instanceof ResolveFailure)) throw error;
  return {};
}

/** A JSON document or list as a secret takes its type where it stands alone: the properties are about text. */
const isTextOnly = (all: Values): boolean => Object.values(all).every((value) => !/^\s*[[{]/.test(value));

test('any JSON document parses, with the values where the references were', async (t) => {
  await t.resolves(
    fc.assert(
      fc.asyncProperty(data, values, fc.constantFrom(0, 2), async (node, all, indent) => {
        fc.pre(isTextOnly(all));
        const expected = map(node, (text) => withValues(text, all));
        const isClash = namesOf(expected) !== namesOf(node);
        const document = JSON.stringify(
          map(node, (text) => withReferences(text)),
          null,
          indent,
        );
        const { text } = await rigOf(all).resolve(document, 'json').catch(refused);
        if (isClash || text === undefined) return isClash && text === undefined;
        return JSON.stringify(JSON.parse(text)) === JSON.stringify(expected);
      }),
      { numRuns: 300 },
    ),
  );
});

const braces = ['${', '}'] as const;
const styles = ['PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'] as const;

test('any YAML document parses, with the values where the references were', async (t) => {
  await t.resolves(
    fc.assert(
      fc.asyncProperty(
        data,
        values,
        fc.tuple(fc.constantFrom(...styles), fc.constantFrom('block', 'flow')),
        async (node, all, [style, kind]) => {
          fc.pre(isTextOnly(all));
          const expected = map(node, (text) => withValues(text, all, braces));
          const isClash = namesOf(expected) !== namesOf(node);
          const document = stringify(
            map(node, (text) => withReferences(text, braces)),
            {
              defaultStringType: style,
              collectionStyle: kind === 'flow' ? 'flow' : 'block',
              lineWidth: 0,
            },
          );
          const written = map(node, (text) => withReferences(text, braces));
          fc.pre(readsAs(document, written));
          const { text } = await rigOf(all).resolve(document, 'yaml').catch(refused);
          if (isClash || text === undefined) return isClash && text === undefined;
          const [parsed, ...others] = parseAllDocuments(text, { uniqueKeys: true });
          if (others.length > 0 || parsed === undefined || !('errors' in parsed) || parsed.errors.length > 0)
            return false;
          return JSON.stringify(parsed.toJS()) === JSON.stringify(expected);
        },
      ),
      { numRuns: 1_000 },
    ),
  );
});

test('a value of any kind in each place of a YAML document comes back', async (t) => {
  const places = [
    'k: <a>\n',
    'k: "<a>"\n',
    "k: '<a>'\n",
    'k: |-\n  <a>\n',
    'k: >-\n  <a>\n',
    'k: |-\n  x\n  y<a>z\n',
    'k:\n- <a>\n- x\n',
    'k: [<a>, x]\n',
    'k: {x: <a>}\n',
    '<a>: 1\n',
    '"<a>": 1\n',
    "? '<a>'\n: 1\n",
    'k: "x <a>\n  y"\n',
    "k: 'x <a>\n  y'\n",
    'k: x <a>\n  y\n',
    'k: http://x:<a>@y # comment\nl: 1\n',
    '- |\n <a>\n- >+\n x\n <a><b>\n\n',
    '--- <a>\n--- "<b>"\n',
  ];
  // One that holds nothing special shows where the text around the value is folded.
  const sign = 'SIGN';
  const read = (text: string): string =>
    JSON.stringify(
      parseAllDocuments(text).map((document) =>
        'errors' in document && document.errors.length > 0 ? 'broken' : document.toJS(),
      ),
    );
  await t.resolves(
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...places),
        values,
        fc.constantFrom(['{{', '}}'] as const, ['${', '}'] as const),
        async (place, all, braces) => {
          fc.pre(isTextOnly(all));
          const { text } = await rigOf(all).resolve(withReferences(place, braces), 'yaml');
          const plain = read(place.replace(/<(\w)>/g, `${sign}$1`));
          const expected = plain.replace(/SIGN(\w)/g, (_, name: Name) => JSON.stringify(all[name]).slice(1, -1));
          return read(text) === expected;
        },
      ),
      { numRuns: 1_500 },
    ),
  );
});

test('a value of any kind in a .env file comes back to Node.js and to a shell, or is refused', async (t) => {
  const places = ['<a>', '"<a>"', "'<a>'", 'x<a>y', '"x <a><b>"', "'x\n<a>'", 'x<a>', '<a>/<b>'];
  let written = 0;
  await t.resolves(
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), values, async (place, all) => {
        const document = `# <a>\nA=${withReferences(place)} # c\nB='1'\n`;
        const resolved = await rigOf(all)
          .resolve(document, 'env')
          .catch(() => undefined);
        if (resolved === undefined) return Object.values(all).some((value) => /['\r\0]|\\$/.test(value));
        written++;
        const expected = { A: withValues(place.replaceAll(/["']/g, ''), all), B: '1' };
        const shell = readByShell(resolved.text, ['A', 'B']);
        const node = parseEnv(resolved.text);
        return [shell, node].every((read) => read['A'] === expected.A && read['B'] === '1');
      }),
      { numRuns: 200 },
    ),
  );
  t.ok(written > 50, `${written} were written`);
});
