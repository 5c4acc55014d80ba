// Installs the admission plugins of the Kubernetes API server for the tests: test/deploy/admission, compiled.
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { installGo } from './install-go.ts';
import { installOnce, mustInstall, root } from './install-once.ts';

const SOURCES = 'test/deploy/admission';

/**
 * Path of the program, compiled with the modules that its go.sum pins. The first time takes minutes.
 * @throws MissingTool, Error as `installPython` does.
 */
export async function installAdmission(): Promise<string> {
  const sources = await Array.fromAsync(glob(`${SOURCES}/*.{go,mod,sum}`, { cwd: root }));
  const folder = await installOnce('admission', sources.sort(), async (draft) => {
    const command = [await installGo(), 'build', '-o', join(draft, 'admission'), '.'];
    await mustInstall('a module of Kubernetes', command, join(root, SOURCES));
  });
  return join(folder, 'admission');
}

if (import.meta.main) process.stdout.write(`admission: ${await installAdmission()}\n`);
