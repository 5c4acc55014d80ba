// Writes the declarations of the library's entries to dist/types: those that it leads to, and no other, so that a consumer
// needs the types of no dependency.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

const OUT = 'dist/types';
const ENTRIES = ['index.d.ts', 'testing.d.ts'];
// `from './x.ts'` and `import('./x.ts')`: the compiler leaves the extensions of the sources in declarations.
const IMPORTED = /((?:from|import\()\s*')(\.[^']+)\.ts(')/g;

export async function emitDeclarations(): Promise<void> {
  const draft = await mkdtemp(join(tmpdir(), 'keyfob-types-'));
  try {
    await promisify(execFile)('tsc', ['-p', 'tsconfig.library.json', '--outDir', draft]);
    await rm(OUT, { recursive: true, force: true });
    const seen = new Set<string>();
    const waiting = ENTRIES.map((entry) => join(draft, entry));
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      const text = await readFile(file, 'utf8');
      for (const [, , target = ''] of text.matchAll(IMPORTED)) waiting.push(join(dirname(file), `${target}.d.ts`));
      const copy = join(OUT, relative(draft, file));
      await mkdir(dirname(copy), { recursive: true });
      await writeFile(copy, text.replaceAll(IMPORTED, '$1$2.js$3'));
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
