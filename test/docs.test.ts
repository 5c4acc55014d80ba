import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'tap';
import { loadConfig } from '../src/config/load-config.ts';
import { libraryPage } from '../scripts/library-page.ts';
import { codesByCategory } from '../src/core/errors/codes.ts';
import { SecretsError } from '../src/core/errors/secrets-error.ts';
import { toProblem } from '../src/http/problem.ts';
import { providerKinds } from '../src/providers/registry.ts';

const pages = ['README.md', ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((file) => `docs/${file}`)]
  .filter((file) => file.endsWith('.md'))
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }));

test('every configuration in the docs is valid', (t) => {
  let count = 0;
  for (const { file, text } of pages) {
    for (const [, block = ''] of text.matchAll(/^```yaml\n(.*?)^```/gms)) {
      t.ok(loadConfig({ text: block, file }, providerKinds).config.providers.length > 0, `${file}: block ${++count}`);
    }
  }
  t.ok(count >= 3);
  t.end();
});

test('every link within the docs leads somewhere', (t) => {
  for (const { file, text } of pages) {
    for (const [, target = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      t.ok(existsSync(join(dirname(file), target)), `${file}: ${target}`);
    }
  }
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
