// Makes one file for Linux of Node.js, dist/keyfob.js and the flags of node-flags.ts.
//   node scripts/build-executable.ts [--node FILE] [--arch amd64|arm64] [--output FILE]
// `--node` and `--arch` name the Node.js of another machine, of the very version that runs this. Needs `strip`.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { nodeFlags } from './node-flags.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
// As containers call it, and as Node.js does.
const ARCHITECTURES = new Map([
  ['amd64', 'x64'],
  ['arm64', 'arm64'],
]);

const { values } = parseArgs({
  options: { node: { type: 'string' }, arch: { type: 'string' }, output: { type: 'string' } },
});
const arch = values.arch === undefined ? process.arch : ARCHITECTURES.get(values.arch);
if (arch === undefined) throw new TypeError(`there is no executable for '${values.arch}'`);
const output = resolve(values.output ?? join(root, 'dist', `keyfob-linux-${arch}`));
await assertPinnedVersion();

// https://nodejs.org/api/single-executable-applications.html
const settings = {
  // Relative, since stack traces name it: nothing of the machine it was built on gets in.
  main: 'keyfob.mjs',
  mainFormat: 'module',
  executable: 'node',
  output,
  disableExperimentalSEAWarning: true,
  // It holds machine code.
  useCodeCache: arch === process.arch,
  execArgv: nodeFlags,
  // NODE_OPTIONS means nothing: whoever sets the environment cannot load code of his own, nor open a debugger.
  execArgvExtension: 'none',
};

const draft = await mkdtemp(join(tmpdir(), 'keyfob-executable-'));
try {
  // A fifth of it are the names of its functions, which only a debugger reads.
  await run('strip', ['-o', join(draft, 'node'), values.node ?? process.execPath]);
  await copyFile(join(root, 'dist', 'keyfob.js'), join(draft, 'keyfob.mjs'));
  await writeFile(join(draft, 'sea.json'), JSON.stringify(settings));
  await mkdir(dirname(output), { recursive: true });
  // The flags here, too: V8 refuses a code cache that was made under others.
  await run(process.execPath, [...nodeFlags, '--build-sea', 'sea.json'], { cwd: draft });
} finally {
  await rm(draft, { recursive: true });
}
console.log(output);

/** The image brings its own Node.js, which has to be the one that the tests ran on. */
async function assertPinnedVersion(): Promise<void> {
  const { version }: { version: string } = JSON.parse(await readFile(join(root, 'tools/node/package.json'), 'utf8'));
  if (process.versions.node !== version)
    throw new Error(`this is Node.js ${process.versions.node}, and tools/node/package.json wants ${version}`);
}
