import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { installPostgres } from '../../scripts/install-postgres.ts';
import { freePort } from '../free-port.ts';

const run = promisify(execFile);
const START_TIMEOUT_MS = 30_000;
const ADMIN = 'postgres';

interface Account {
  readonly user: string;
  readonly password: string;
}

interface Parts {
  readonly child: ChildProcess;
  readonly programs: string;
  readonly folder: string;
  readonly port: number;
  readonly password: string;
}

/** A real PostgreSQL on loopback that asks for passwords. */
export class Postgres {
  readonly admin: Account;
  readonly port: number;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.port = parts.port;
    this.admin = { user: ADMIN, password: parts.password };
  }

  /** The rows of one statement, a line each; rejects what the server refuses, a wrong password too. */
  async query(statement: string, { user, password }: Account = this.admin): Promise<string> {
    const target = `host=127.0.0.1 port=${this.port} user=${user} dbname=postgres connect_timeout=5`;
    const { stdout } = await run(join(this.#parts.programs, 'psql'), ['-XAtq', target, '-c', statement], {
      env: { PGPASSWORD: password },
    });
    return stdout.trim();
  }

  /** Whether somebody with this name and password is let in. */
  async lets(account: Account): Promise<boolean> {
    return this.query('SELECT 1', account).then(
      () => true,
      (error: unknown) => {
        if (/authentication failed|does not exist/.test(String(error))) return false;
        throw error;
      },
    );
  }

  /** Whether there is an account of this name. */
  async hasRole(name: string): Promise<boolean> {
    return (await this.query(`SELECT count(*) FROM pg_roles WHERE rolname = '${name}'`)) === '1';
  }

  async ready(): Promise<void> {
    const { child, folder } = this.#parts;
    const endAtMs = Date.now() + START_TIMEOUT_MS;
    while (!(await this.query('SELECT 1').catch(() => undefined))) {
      if (child.exitCode !== null || Date.now() > endAtMs)
        throw new Error(`PostgreSQL did not start: ${await readFile(join(folder, 'log'), 'utf8')}`);
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    const { child, folder } = this.#parts;
    if (child.exitCode === null && child.signalCode === null) {
      // SIGQUIT ends its own processes too; SIGKILL would leave them.
      child.kill('SIGQUIT');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts a server with an empty database on a free port. */
export async function startPostgres(): Promise<Postgres> {
  const programs = await installPostgres();
  const folder = await mkdtemp(join(tmpdir(), 'keyfob-postgres-'));
  const owner = await findOwner();
  if (owner !== undefined) await chown(folder, owner.uid, owner.gid);
  const password = randomBytes(12).toString('hex');
  const [passwordFile, data] = [join(folder, 'password'), join(folder, 'data')];
  await writeFile(passwordFile, password);
  const options = ['--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync', '--encoding=UTF8', '--locale=C'];
  await run(join(programs, 'initdb'), ['-D', data, '-U', ADMIN, ...options], { ...owner, cwd: folder });
  const port = await freePort();
  const log = await open(join(folder, 'log'), 'w');
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'fsync=off'];
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const stdio = ['ignore', log.fd, log.fd] as const;
  const child = spawn(join(programs, 'postgres'), args, { ...owner, cwd: folder, stdio: [...stdio] });
  await log.close();
  // A test that is ended for its time leaves no server behind.
  process.once('exit', () => child.kill('SIGQUIT'));
  const postgres = new Postgres({ child, programs, folder, port, password });
  try {
    await postgres.ready();
    return postgres;
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** PostgreSQL refuses to run as root, so root lends it the account of its package. */
async function findOwner(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string): Promise<number> => Number((await run('id', [flag, ADMIN])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}
