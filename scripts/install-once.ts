// Where the tools of the tests are: a folder for each in .cache/, which git ignores.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MissingTool } from './missing-tool.ts';

const run = promisify(execFile);
/** Folder of the project. */
export const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache', 'backends');

/**
 * The folder that `build` fills. It carries the hash of the files that pin what is in it, and appears only when it is
 * complete, so several test files may call this at once.
 * @param pins - from the root of the project.
 */
export async function installOnce(
  name: string,
  pins: readonly string[],
  build: (draft: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256');
  for (const file of pins) hash.update(await readFile(join(root, file)));
  const folder = join(cache, `${name}-${hash.digest('hex').slice(0, 12)}`);
  if (await exists(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, 'draft-'));
  try {
    await build(draft);
    await rename(draft, folder).catch(async (error: unknown) => {
      // Someone else was faster.
      if (!(await exists(folder))) throw error;
    });
    return folder;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Runs a program that has to succeed; gives what it prints.
 * @param what - is missing when it does not.
 * @throws MissingTool; Error for a package with a wrong hash.
 */
export async function mustInstall(what: string, command: readonly string[], cwd = root): Promise<string> {
  const [program = '', ...args] = command;
  try {
    return (await run(program, args, { cwd })).stdout;
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
