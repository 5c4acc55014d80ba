// Installs the programs in Go of the tests, from their folders in test/deploy.
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { installGo } from './install-go.ts';
import { installOnce, mustInstall, root } from './install-once.ts';

/** What their modules are of, by their folders: the admission plugins of the API server; a collector of traces. */
const modules = { admission: 'a module of Kubernetes', collector: 'a module of OpenTelemetry' } as const;

/**
 * Path of the program, compiled with the modules that its go.sum pins. The first time takes minutes.
 * @throws MissingTool, Error as `installPython` does.
 */
export async function installGoProgram(name: keyof typeof modules): Promise<string> {
  const sources = `test/deploy/${name}`;
  const files = await Array.fromAsync(glob(`${sources}/*.{go,mod,sum}`, { cwd: root }));
  const folder = await installOnce(name, files.sort(), async (draft) => {
    const command = [await installGo(), 'build', '-o', join(draft, name), '.'];
    await mustInstall(modules[name], command, join(root, sources));
  });
  return join(folder, name);
}

if (import.meta.main)
  for (const name of ['admission', 'collector'] as const)
    process.stdout.write(`${name}: ${await installGoProgram(name)}\n`);
