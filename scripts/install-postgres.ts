// Finds PostgreSQL for the backend tests, and installs the Debian package where it is missing and we may.
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { exists, installDebian } from './install-debian.ts';

// Where Debian and its relatives keep the programs, which are on nobody's path, and where others do.
const PLACES = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/usr/local/pgsql/bin',
  '/opt/homebrew/opt/postgresql*/bin',
];

/**
 * Folder with `initdb`, `postgres` and `psql`.
 * @throws MissingTool, Error as `installDebian` does.
 */
export const installPostgres = (): Promise<string> => installDebian('PostgreSQL', ['postgresql'], findPostgres);

async function findPostgres(): Promise<string | undefined> {
  for await (const folder of glob(PLACES)) {
    const programs = ['initdb', 'postgres', 'psql'].map((name) => exists(join(folder, name)));
    if (!(await Promise.all(programs)).includes(false)) return folder;
  }
  return undefined;
}

if (import.meta.main) process.stdout.write(`postgres: ${await installPostgres()}\n`);
