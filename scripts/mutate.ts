// Puts one small mistake after the other into what guards the secrets, and tells which of them no test notices.
// Run by hand: node scripts/mutate.ts [FILE...]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { glob, readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type Mutant, mutantsOf } from './mutants.ts';

const access = [
  'test/access/policy.test.ts',
  'test/access/policy-pattern.test.ts',
  'test/client/gate.test.ts',
  'test/client/gate-conditions.test.ts',
];
const headers = ['test/http/admission.test.ts', 'test/http/header-facts.test.ts', 'test/http/guards.test.ts'];

/** What guards, and the tests that are to notice. */
const targets: readonly (readonly [files: string, tests: readonly string[]])[] = [
  ['src/access/{bearer-token,token-*,watched-setting}.ts', ['test/access/token-callers.test.ts']],
  ['src/access/{jwt-*,key-set}.ts', ['test/access/jwt-callers.test.ts']],
  ['src/access/rate-limits.ts', ['test/access/rate-limits.test.ts']],
  ['src/access/create-callers.ts', ['test/access/create-callers.test.ts']],
  ['src/access/callers.ts', ['test/access/create-callers.test.ts', ...headers]],
  ['src/access/{caller-policy,caller-rules,compiled-pattern,policy,policy-pattern}.ts', access],
  ['src/core/path-pattern.ts', ['test/core/path-pattern.test.ts', ...access]],
  ['src/client/{gate,spellings}.ts', [...access, 'test/client/tag-reader.test.ts', 'test/client/router.test.ts']],
  ['src/client/tag-reader.ts', ['test/client/tag-reader.test.ts']],
  ['src/client/checked-access.ts', ['test/client/checked-access.test.ts', 'test/client/metadata-reader.test.ts']],
  [
    'src/client/{watcher,metadata-reader}.ts',
    ['test/client/watcher.test.ts', 'test/client/metadata-reader.test.ts', 'test/client/tag-reader.test.ts'],
  ],
  ['src/http/{guards,admission,header-facts}.ts', headers],
  ['src/http/dispatch.ts', ['test/http/dispatch.test.ts']],
  ['src/http/charged-reads.ts', ['test/http/charged-reads.test.ts']],
  ['src/http/watches.ts', ['test/http/watches.test.ts']],
  ['src/providers/aws/spell-pattern.ts', access],
  [
    'src/providers/{azure,gcp}/secret-name.ts',
    [...access, 'test/providers/azure/secret-name.test.ts', 'test/providers/gcp/secret-name.test.ts'],
  ],
];

const JOBS = 2;
// What makes a test hang is noticed, too.
const TIMEOUT_MS = 60_000;

const wanted = process.argv.slice(2);
let [total, unnoticed] = [0, 0];
for (const [files, tests] of targets) {
  for await (const file of glob(files)) {
    if (wanted.length > 0 && !wanted.includes(file)) continue;
    const source = await readFile(file, 'utf8');
    const mutants = mutantsOf(source);
    if (!(await passes(file, stripTypeScriptTypes(source), tests))) throw new Error(`${file}: its tests fail as it is`);
    const alive = await survivorsOf(file, mutants, tests);
    total += mutants.length;
    unnoticed += alive.length;
    console.log(`${file}: ${mutants.length - alive.length} of ${mutants.length} noticed`);
    for (const { line, before, after } of alive) console.log(`  ${line}: \`${before}\` → \`${after}\``);
  }
}
console.log(`${total - unnoticed} of ${total} mistakes noticed, ${unnoticed} not`);

async function survivorsOf(
  file: string,
  mutants: readonly Mutant[],
  tests: readonly string[],
): Promise<readonly Mutant[]> {
  const waiting = [...mutants];
  const alive: Mutant[] = [];
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift())
      if (await passes(file, mutant.code, tests)) alive.push(mutant);
  };
  await Promise.all(Array.from({ length: JOBS }, work));
  return alive.sort((a, b) => a.line - b.line);
}

/** Whether all tests pass with this code in the place of the file: in one process, which ends at the first that fails. */
async function passes(file: string, code: string, tests: readonly string[]): Promise<boolean> {
  const imports = tests.map((test) => `await import(${JSON.stringify(pathToFileURL(test).href)});`).join('');
  const child = spawn(
    process.execPath,
    ['--import', './scripts/mutant-loader.ts', '--input-type=module', '-e', imports],
    {
      stdio: 'ignore',
      env: {
        ...process.env,
        TAP_BAIL: '1',
        KEYFOB_MUTANT_FILE: pathToFileURL(file).href,
        KEYFOB_MUTANT_CODE: code,
      },
    },
  );
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  await once(child, 'close');
  clearTimeout(timer);
  return child.exitCode === 0;
}
