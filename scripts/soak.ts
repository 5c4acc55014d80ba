// npm run soak: long campaigns against the built daemon, and what came of them.
//   --requests 150000  sends so many fuzzed requests over raw sockets, an equal share in each mode of access; this is what it
//                      does unless told otherwise
//   --mode jwt         in one mode only: open, token, tls, jwt or socket
//   --only N           sends one exchange of them, in each mode
//   --kills 1000       instead: kills whoever writes the cache file, so many times
//   --seed N           repeats a run
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mode, modes } from '../test/fuzz/exchange.ts';
import { soakKills } from './soak-kills.ts';
import { soakRequests } from './soak-requests.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '150000' },
    mode: { type: 'string' },
    only: { type: 'string' },
    kills: { type: 'string' },
    seed: { type: 'string' },
  },
});
const root = join(import.meta.dirname, '..');
const build = spawnSync('npm', ['run', 'build', '--silent'], { cwd: root, stdio: 'inherit' });
if (build.status !== 0) throw new Error("'npm run build' failed");

const seed = toCount('seed', values.seed ?? String(Math.floor(Math.random() * 2 ** 31)));
console.log(`seed ${seed}`);
const startedMs = performance.now();
const { passed, failed } = await run();
console.log(`took ${Math.round((performance.now() - startedMs) / 1_000)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function run(): Promise<{ readonly passed: number; readonly failed: number }> {
  if (values.kills !== undefined) return soakKills({ seed, kills: toCount('kills', values.kills) });
  const mode = values.mode === undefined ? {} : { mode: toMode(values.mode) };
  const only = values.only === undefined ? {} : { only: toCount('only', values.only) };
  return soakRequests({ root, seed, requests: toCount('requests', values.requests), ...mode, ...only });
}

function toMode(name: string): Mode {
  const mode = modes.find((known) => known === name);
  if (mode === undefined) throw new TypeError(`'--mode' must be one of ${modes.join(', ')}`);
  return mode;
}

function toCount(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`'--${name}' must be a whole number`);
  return value;
}
