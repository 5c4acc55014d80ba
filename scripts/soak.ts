// npm run soak: sends fuzzed requests to the built daemon over raw sockets and prints what came of them.
//   --requests 60000   how many
//   --seed N           repeats a run
//   --only N           sends one exchange of it
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz } from '../test/fuzz/fuzz.ts';
import { toReport } from '../test/fuzz/report.ts';

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '60000' }, seed: { type: 'string' }, only: { type: 'string' } },
});
const root = join(import.meta.dirname, '..');
const build = spawnSync('npm', ['run', 'build', '--silent'], { cwd: root, stdio: 'inherit' });
if (build.status !== 0) throw new Error("'npm run build' failed");

const seed = toCount('seed', values.seed ?? String(Math.floor(Math.random() * 2 ** 31)));
console.log(`seed ${seed}`);
const only = values.only === undefined ? {} : { only: toCount('only', values.only) };
const startedMs = performance.now();
const result = await fuzz({ root, seed, requests: toCount('requests', values.requests), ...only });
console.log(toReport(result));
console.log(`took ${Math.round((performance.now() - startedMs) / 1_000)} s`);
const failed = result.checks.filter(({ failures }) => failures > 0).length;
console.log(`${result.checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function toCount(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`'--${name}' must be a whole number`);
  return value;
}
