// Finds PostgreSQL for the backend tests, and installs the Debian package where it is missing and we may.
import { execFile } from 'node:child_process';
import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { MissingTool } from './install-backends.ts';

const run = promisify(execFile);
const PATIENCE_MS = 90_000;
const POLL_MS = 1_000;
// Where Debian and its relatives keep the programs, which are on nobody's path, and where others do.
const PLACES = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/usr/local/pgsql/bin',
  '/opt/homebrew/opt/postgresql*/bin',
];

/**
 * Folder with `initdb`, `postgres` and `psql`.
 * @throws MissingTool where there is none and we are not root on a Debian; Error when the installation fails.
 */
export async function installPostgres(): Promise<string> {
  const found = await findPostgres();
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0 || !(await exists('/usr/bin/apt-get')))
    throw new MissingTool("PostgreSQL is missing (the Debian package 'postgresql'), and only root can install it");
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-o', 'DPkg::Lock::Timeout=120', '--yes', '--quiet', '--no-install-recommends'];
  try {
    await run('apt-get', ['update', '--quiet'], { env });
    await run('apt-get', ['install', ...options, 'postgresql'], { env });
  } catch (error) {
    return await installedBySomeoneElse(error);
  }
  const installed = await findPostgres();
  if (installed === undefined) throw new Error("the package 'postgresql' has no 'initdb'");
  return installed;
}

/** Two test files may want it at once, and the second finds the lists of packages locked: it waits for the first. */
async function installedBySomeoneElse(failure: unknown): Promise<string> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    await sleep(POLL_MS);
    const found = await findPostgres();
    if (found !== undefined) return found;
  }
  throw failure;
}

async function findPostgres(): Promise<string | undefined> {
  for await (const folder of glob(PLACES)) {
    const programs = ['initdb', 'postgres', 'psql'].map((name) => exists(join(folder, name)));
    if (!(await Promise.all(programs)).includes(false)) return folder;
  }
  return undefined;
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

if (import.meta.main) process.stdout.write(`postgres: ${await installPostgres()}\n`);
