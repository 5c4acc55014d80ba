// Installs the generator of the Python client into .cache/. The others come with the packages of their examples.
import { join } from 'node:path';
import { installPython } from './install-python.ts';

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

if (import.meta.main) process.stdout.write(`${await installPythonGenerator()}\n`);
