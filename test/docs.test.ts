import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'tap';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../src/config/load-config.ts';
import { libraryPage } from '../scripts/library-page.ts';
import { codesByCategory } from '../src/core/errors/codes.ts';
import { SecretsError } from '../src/core/errors/secrets-error.ts';
import { toProblem } from '../src/http/problem.ts';
import { providerKinds } from '../src/providers/registry.ts';
import { anchorsOf, codeBlocksOf, linksOf } from './markdown.ts';

const documents = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .map((file) => `docs/${file}`);
const read = (file: string) => ({ file, text: readFileSync(file, 'utf8') });
const pages = ['README.md', ...documents].map(read);
const otherPages = ['SECURITY.md', 'CHANGELOG.md', ...globSync('{examples,bench,deploy,helm}/{*/,}README.md')].map(
  read,
);

/** The page itself, or a folder that holds it, such as docs/adr. */
const isAt = (file: string, place: string): boolean => file === place || file.startsWith(join(place, '/'));

test('every configuration in the docs is valid', (t) => {
  let count = 0;
  for (const { file, text } of pages) {
    for (const block of codeBlocksOf(text).filter(({ info }) => info === 'yaml')) {
      t.ok(
        loadConfig({ text: block.text, file }, providerKinds).config.providers.length > 0,
        `${file}: block ${++count}`,
      );
    }
  }
  t.ok(count >= 3);
  t.end();
});

test('what is shown of other tools and of charts is YAML', (t) => {
  const blocks = pages
    .flatMap(({ text }) => codeBlocksOf(text))
    .filter(({ info }) => /^yaml (?:before|values)$/.test(info));
  for (const { text } of blocks) for (const document of parseAllDocuments(text)) t.strictSame(document.errors, []);
  t.ok(blocks.length >= 2);
  t.end();
});

test('every link leads to a file of the project, and to a heading of it', (t) => {
  for (const { file, text } of [...pages, ...otherPages]) {
    for (const { target, anchor } of linksOf(text)) {
      const leadsTo = target === '' ? file : join(dirname(file), target);
      if (!existsSync(leadsTo)) t.fail(`${file}: there is no ${leadsTo}`);
      else if (anchor !== '')
        t.ok(anchorsOf(readFileSync(leadsTo, 'utf8')).has(anchor), `${file}: ${target}#${anchor}`);
    }
  }
  t.end();
});

test('every page is reached from the README, by way of the index', (t) => {
  t.ok(linksOf(readFileSync('README.md', 'utf8')).some(({ target }) => target === 'docs/README.md'));
  const reached = new Set(['README.md']);
  // A set goes on with what is added meanwhile.
  for (const page of reached) {
    if (!page.endsWith('.md')) continue;
    for (const { target } of linksOf(readFileSync(page, 'utf8')))
      if (target !== '') reached.add(join(dirname(page), target));
  }
  for (const file of documents)
    t.ok(
      [...reached].some((place) => isAt(file, place)),
      file,
    );
  t.end();
});

test('docs/library.md is made from the docstrings as they are', async (t) => {
  const { present, wanted } = await libraryPage();
  t.equal(present, wanted, "run 'npm run docs'");
});

test('docs/errors.md lists every code with its category and status', (t) => {
  const rows = new Map(
    [...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| (\w+Error) +\| (\w+) +\| (\d+) +\|/gm)].map(
      ([, category, code, status]) => [code, `${category} ${status}`],
    ),
  );
  const codes = Object.entries(codesByCategory).flatMap(([category, list]) => list.map((code) => ({ category, code })));
  for (const { category, code } of codes) {
    // The status depends on the code alone, so any class will do to carry it.
    class AnyError extends SecretsError {
      readonly category = 'ConfigurationError';
    }
    t.equal(rows.get(code), `${category} ${toProblem(new AnyError(code, ''), '').status}`, code);
  }
  t.equal(rows.size, codes.length);
  t.end();
});
