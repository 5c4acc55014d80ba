// Runs a suite with tap and ends with the line `N passed, N failed`.
//   unit      everything but the others, with coverage: fails under 90 % of lines
//   backends  the real servers
//   outage    what a store that fails does to readers; prints its figures
//   deploy    image, manifests and charts, by the tools that judge them
import { spawn } from 'node:child_process';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { resolve as resolvePath } from 'node:path';

const MIN_LINES_PERCENT = 90;

const isIn =
  (folder: string) =>
  (file: string): boolean =>
    file.startsWith(`test/${folder}/`);
const [isBackend, isOutage, isDeploy] = [isIn('backends'), isIn('outage'), isIn('deploy')];

const suites = {
  unit: {
    options: ['--jobs=2', '--timeout=120', '--allow-incomplete-coverage', '--coverage-report=json-summary'],
    hasFile: (file: string) => !isBackend(file) && !isOutage(file) && !isDeploy(file),
  },
  backends: { options: ['--jobs=2', '--disable-coverage', '--timeout=120'], hasFile: isBackend },
  // One at a time: they measure.
  outage: { options: ['--jobs=1', '--disable-coverage', '--timeout=300'], hasFile: isOutage },
  // One at a time: they build and run whole images.
  deploy: { options: ['--jobs=1', '--disable-coverage', '--timeout=600'], hasFile: isDeploy },
} as const;

const [suite = 'unit', ...extra] = process.argv.slice(2);
if (suite !== 'unit' && suite !== 'backends' && suite !== 'outage' && suite !== 'deploy')
  throw new TypeError(`no suite '${suite}'`);

await buildRunner();
const { options, hasFile } = suites[suite];
const files = extra.length > 0 ? extra : (await Array.fromAsync(glob('test/**/*.test.ts'))).filter(hasFile).sort();
const output = await run('tap', ['--reporter=tap', ...options, ...files]);
const counts = /^# \{ (.*) \}$/m.exec(output.text.slice(output.text.lastIndexOf('\n# {')))?.[1] ?? '';
let failed = count('fail');
if (suite === 'unit' && extra.length === 0) failed += await checkCoverage();
if (failed === 0 && output.code !== 0) failed = 1;
console.log(`${count('pass')} passed, ${failed} failed, ${count('skip')} skipped`);
process.exitCode = failed === 0 ? 0 : 1;

/** tap is put together from the plugins that .taprc names, anew after each installation. */
async function buildRunner(): Promise<void> {
  const stamp = 'node_modules/.tap-built';
  const wanted = await readFile('.taprc', 'utf8');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return;
  const { code } = await run('tap', ['build']);
  if (code !== 0) throw new Error("'tap build' failed");
  await writeFile(stamp, wanted);
}

function count(name: string): number {
  return Number(new RegExp(`\\b${name}: (\\d+)`).exec(counts)?.[1] ?? 0);
}

/** A file that no test loads is missing in the report: all of its lines count as not covered. */
async function checkCoverage(): Promise<0 | 1> {
  const report: Record<string, { lines: { total: number; covered: number } }> = JSON.parse(
    await readFile('.tap/report/coverage-summary.json', 'utf8'),
  );
  let [total, covered] = [0, 0];
  for await (const file of glob('src/**/*.ts')) {
    const lines = report[resolvePath(file)]?.lines ?? { total: await codeLines(file), covered: 0 };
    if (lines.covered === 0 && lines.total > 0) console.log(`no test loads ${file}: ${lines.total} lines`);
    total += lines.total;
    covered += lines.covered;
  }
  const percent = Math.floor((1000 * covered) / total) / 10;
  console.log(`coverage: ${percent} % of ${total} lines of src/, at least ${MIN_LINES_PERCENT} % wanted`);
  return percent >= MIN_LINES_PERCENT ? 0 : 1;
}

/** Lines left when the types are taken away: a file of types has none. */
async function codeLines(file: string): Promise<number> {
  const code = stripTypeScriptTypes(await readFile(file, 'utf8'))
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/\/\/.*/g, '');
  return code.split('\n').filter((line) => line.trim() !== '').length;
}

/** Passes on what fails, the state of each file and the figures; the rest of TAP is for machines. */
function run(command: string, args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const text = chunks.join('');
      console.log(failuresOf(text));
      resolve({ code: code ?? 1, text });
    });
  });
}

/** The failing points with their diagnostics, the state of each file, and what tests say of themselves. */
function failuresOf(text: string): string {
  const kept: string[] = [];
  let isDiagnostic = false;
  for (const line of text.split('\n')) {
    if (/^\s*not ok /.test(line)) kept.push(line);
    else if (/^ {8,}# (?!Subtest|time=|\{|skip|todo|failed)/.test(line)) kept.push(line.replace(/^ *# /, '  '));
    else if (line.startsWith('ok ')) kept.push(line.replace(/ # time=.*/, ''));
    isDiagnostic = kept.at(-1)?.includes('not ok') === true ? !/^\s*(?:ok |# |\d+\.\.)/.test(line) : false;
    if (isDiagnostic && !/^\s*not ok /.test(line)) kept[kept.length - 1] += `\n${line}`;
  }
  return kept.join('\n');
}
