import { readFile } from 'node:fs/promises';
import { test } from 'tap';

const read = (file: string): Promise<string> => readFile(new URL(`../${file}`, import.meta.url), 'utf8');

test('every guard that SECURITY.md tells of has the test that it names', async (t) => {
  const text = await read('SECURITY.md');
  const rows = text.split('\n').filter((line) => /^\| (?!against|-)/.test(line));
  t.ok(rows.length > 20);
  for (const row of rows) {
    const [, file = '', name = ''] = /`(test\/[\w./-]+\.test\.ts)`: “([^”]+)”/.exec(row) ?? [];
    t.not(file, '', row);
    const tests = [...(await read(file)).matchAll(/\b(?:test|browserTest)\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g)].map(
      ([, , found]) => found,
    );
    t.ok(tests.includes(name), `${file}: ${name}`);
  }
});
