// Installs what makes and runs the clients of the examples: the generator of the Python client into .cache/. Go brings
// its own by go.mod.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installPython } from './install-python.ts';
import { MissingTool } from './missing-tool.ts';

/**
 * Folder of the Python packages, for `PYTHONPATH`.
 * @throws MissingTool, Error as `installPython` does.
 */
export async function installPythonGenerator(): Promise<string> {
  const folder = await installPython({
    name: 'python-client',
    requirements: 'test/deploy/requirements-python-client.txt',
    build: async (draft, pip) => {
      const what = "a package of 'openapi-python-client' or what it needs for this platform";
      await pip(what, '--target', join(draft, 'python'));
    },
  });
  return join(folder, 'python');
}

/** @throws MissingTool */
export async function findGo(): Promise<void> {
  try {
    await promisify(execFile)('go', ['version']);
  } catch (cause) {
    throw new MissingTool("'go' is missing", { cause });
  }
}

if (import.meta.main) process.stdout.write(`${await installPythonGenerator()}\n`);
