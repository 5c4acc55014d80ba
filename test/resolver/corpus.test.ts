import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type Test, test } from 'tap';
import { parse, parseAllDocuments } from 'yaml';
import { type Format, parsers } from '../../src/resolver/documents/formats.ts';
import { readByShell } from './read-by-shell.ts';
import { createResolverRig, type Values } from './resolver-rig.ts';

/** One document: what comes out of it, or each error as `line:column code message pointer`. */
interface Case {
  readonly in: string;
  readonly out?: string;
  readonly errors?: readonly string[];
  /** False where a shell reads something else. */
  readonly sh?: boolean;
}

const folder = join(import.meta.dirname, 'corpus');
const load = async (name: string): Promise<unknown> => parse(await readFile(join(folder, `${name}.yaml`), 'utf8'));

/** The files are written for it. */
const parseValues = (data: unknown): Values => new Map(Object.entries(data as Record<string, string | number[]>));
const parseCases = (data: unknown): readonly Case[] => data as Case[];

const values = parseValues(await load('secrets'));
const files: readonly (readonly [string, Format])[] = [
  ['grammar', 'text'],
  ...Object.keys(parsers)
    .filter((format) => format !== 'text')
    .map((format) => [format, format as Format] as const),
];
let count = 0;

for (const [file, format] of files) {
  test(`the cases of ${file}.yaml`, async (t) => {
    for (const { in: text, out, errors, sh } of parseCases(await load(file))) {
      count++;
      const rig = createResolverRig(values);
      const name = JSON.stringify(text);
      if (errors === undefined) {
        const resolved = await rig.resolve(text, format).catch((error: unknown) => ({ text: error }));
        t.strictSame(resolved.text, out, name);
        if (typeof resolved.text === 'string') assertParses(t, { format, sh }, resolved.text);
      } else {
        const problem = await rig.failures(text, format);
        t.strictSame(problem.errors?.map(told), errors, name);
        t.equal(problem.errorCount, errors.length, name);
      }
    }
  });
}

test('there are enough of them', async (t) => {
  t.ok(count >= 120, `${count} cases`);
  t.comment(`${count} cases`);
});

/** The format's own parser takes the result. */
function assertParses(t: Test, { format, sh = true }: { format: Format; sh: boolean | undefined }, text: string): void {
  if (format === 'json') JSON.parse(text);
  if (format === 'yaml')
    t.same(
      parseAllDocuments(text).flatMap(({ errors }) => errors),
      [],
    );
  if (format === 'env' && sh) {
    const variables = { ...parseEnv(text) };
    t.same(readByShell(text, Object.keys(variables)), variables, JSON.stringify(text));
  }
}

interface Told {
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly detail: string;
  readonly pointer?: string;
}

const told = ({ line, column, code, detail, pointer }: Told): string =>
  `${line}:${column} ${code} ${detail}${pointer === undefined ? '' : ` ${pointer}`}`;
