// Pinned Python packages for the tests, in .cache/, which git ignores.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MissingTool } from './missing-tool.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache', 'backends');

/** Makes a virtual environment and installs the pinned packages, with more arguments for pip; gives its folder. */
export type Pip = (what: string, ...args: readonly string[]) => Promise<string>;

export interface PythonPackages {
  readonly name: string;
  /** File of pinned packages with their hashes, from the root of the project. */
  readonly requirements: string;
  readonly build: (draft: string, pip: Pip) => Promise<void>;
}

/**
 * The folder that `build` fills. It carries the hash of the pinned requirements and appears only when it is complete,
 * so several test files may call this at once.
 * @throws MissingTool naming the tool, or the package that this platform lacks; Error for a package with a wrong hash.
 */
export async function installPython({ name, requirements, build }: PythonPackages): Promise<string> {
  const file = join(root, requirements);
  const hash = createHash('sha256')
    .update(await readFile(file))
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
      const packages = ['--only-binary=:all:', '--require-hashes', '-r', file];
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
