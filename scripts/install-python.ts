// Pinned Python packages for the tests.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { installOnce, mustInstall, root } from './install-once.ts';

/** Makes a virtual environment and installs the pinned packages, with more arguments for pip; gives its folder. */
export type Pip = (what: string, ...args: readonly string[]) => Promise<string>;

export interface PythonPackages {
  readonly name: string;
  /** File of pinned packages with their hashes, from the root of the project. */
  readonly requirements: string;
  readonly build: (draft: string, pip: Pip) => Promise<void>;
}

/**
 * The folder that `build` fills.
 * @throws MissingTool naming the tool, or the package that this platform lacks; Error for a package with a wrong hash.
 */
export async function installPython({ name, requirements, build }: PythonPackages): Promise<string> {
  return installOnce(name, [requirements], async (draft) => {
    const environment = join(draft, 'venv');
    await build(draft, async (what, ...args) => {
      await mustInstall("'python3' with its module 'venv'", ['python3', '-m', 'venv', environment]);
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
      const packages = ['--only-binary=:all:', '--require-hashes', '-r', join(root, requirements)];
      await mustInstall(what, [join(environment, 'bin', 'python'), ...pip, ...args, ...packages]);
      return environment;
    });
    // A virtual environment does not survive being moved, so only what came of it is kept.
    await rm(environment, { recursive: true });
  });
}
