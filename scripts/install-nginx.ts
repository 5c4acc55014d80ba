// Takes nginx out of its Debian package into .cache/: an installation would start it as a service.
import { execFile } from 'node:child_process';
import { glob, mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { exists } from './install-debian.ts';
import { MissingTool } from './missing-tool.ts';

const run = promisify(execFile);
const SYSTEM = '/usr/sbin/nginx';
const FOLDER = resolve('.cache', 'nginx');

/**
 * Path of nginx.
 * @throws MissingTool where there is no apt-get; Error when the package cannot be had.
 */
export async function installNginx(): Promise<string> {
  if (await exists(SYSTEM)) return SYSTEM;
  const program = join(FOLDER, 'usr', 'sbin', 'nginx');
  if (await exists(program)) return program;
  if (!(await exists('/usr/bin/apt-get'))) throw new MissingTool('nginx is missing, and there is no apt-get');
  const draft = `${FOLDER}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    // The lists of packages may be missing; without root there is nothing to be done about it.
    if (process.getuid?.() === 0) await run('apt-get', ['update', '--quiet']);
    await run('apt-get', ['download', 'nginx'], { cwd: draft });
    for await (const file of glob(join(draft, '*.deb'))) await run('dpkg-deb', ['-x', file, draft]);
    await rm(FOLDER, { recursive: true, force: true });
    await rename(draft, FOLDER);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return program;
}

if (import.meta.main) process.stdout.write(`${await installNginx()}\n`);
