// A program out of a Debian package, unpacked into .cache/: an installation would start it as a service.
import { execFile } from 'node:child_process';
import { glob, mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { exists } from './install-debian.ts';
import { MissingTool } from './missing-tool.ts';

const run = promisify(execFile);

/**
 * The file system that the package would install, or `/` where the program is installed already.
 * @param program - its path in the package, without the leading slash.
 * @throws MissingTool where there is no apt-get; Error when the package cannot be had.
 */
export async function unpackDebian(name: string, program: string): Promise<string> {
  if (await exists(join('/', program))) return '/';
  const folder = resolve('.cache', name);
  if (await exists(join(folder, program))) return folder;
  if (!(await exists('/usr/bin/apt-get'))) throw new MissingTool(`${name} is missing, and there is no apt-get`);
  const draft = `${folder}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    // The lists of packages may be missing; without root there is nothing to be done about it.
    if (process.getuid?.() === 0) await run('apt-get', ['update', '--quiet']);
    await run('apt-get', ['download', name], { cwd: draft });
    for await (const file of glob(join(draft, '*.deb'))) {
      await run('dpkg-deb', ['-x', file, draft]);
      await rm(file);
    }
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}
