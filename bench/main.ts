// npm run bench: measures the budgets of the design, as ratios to a bare node:http server. See README.md beside it.
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measureRows } from './measure-rows.ts';
import { parseOptions } from './options.ts';
import { findPinning } from './pinning.ts';
import { toTables } from './table.ts';

process.chdir(join(import.meta.dirname, '..'));
const options = parseOptions(process.argv.slice(2));
const build = spawnSync('npm', ['run', 'build', '--silent'], { stdio: 'inherit' });
if (build.status !== 0) throw new Error("'npm run build' failed");

const pinning = findPinning();
const startedAt = new Date();
const rows = await measureRows(options, pinning);

const results = join('bench', 'results');
await mkdir(results, { recursive: true });
const file = join(results, `${startedAt.toISOString().replaceAll(':', '-')}.json`);
const about = { startedAt: startedAt.toISOString(), node: process.version, pinning: pinning.note, options };
await writeFile(file, `${JSON.stringify({ ...about, rows }, null, 2)}\n`);

console.log(`\n${toTables(rows)}\n`);
console.log(`${options.rounds} rounds of ${options.seconds} s a server, turn by turn; ${pinning.note}.`);
console.log('Ratios: median (best); above 1 is better than bare. Pairs are keyfob : bare.');
console.log(
  'Busy is the share of the time that a server was at work: rounds below 90 are left out when 3 others remain.',
);
console.log(`Written to ${file}`);
const failed = rows.filter((row) => row.kind === 'failed').length;
console.log(`${rows.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
