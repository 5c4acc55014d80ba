// Installs the runners of the examples in examples/testing that are not among our own dependencies.
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installGo } from './install-go.ts';
import { installOnce, mustInstall, root } from './install-once.ts';
import { installPython } from './install-python.ts';

const VITEST = 'test/deploy/vitest-package.json';

export interface TestRunners {
  /** Folder with vitest among its modules. */
  readonly vitest: string;
  /** Folder of the Python package, for `PYTHONPATH`. */
  readonly pytest: string;
  /** The program. */
  readonly go: string;
}

/** @throws MissingTool, Error as `installPython` does. */
export async function installTestRunners(): Promise<TestRunners> {
  const vitest = await installOnce('vitest', [VITEST], async (draft) => {
    await copyFile(join(root, VITEST), join(draft, 'package.json'));
    await mustInstall('vitest', ['npm', 'install', '--no-audit', '--no-fund', '--silent'], draft);
  });
  const pytest = await installPython({
    name: 'pytest',
    requirements: 'test/deploy/requirements-pytest.txt',
    build: async (draft, pip) => void (await pip('pytest', '--target', join(draft, 'python'))),
  });
  return { vitest, pytest: join(pytest, 'python'), go: await installGo() };
}
