import type { OpenBao } from './openbao.ts';
import type { Postgres } from './postgres.ts';

export interface RoleOptions {
  /** Durations such as `3s`. */
  readonly ttl: string;
  readonly maxTtl: string;
}

/** OpenBao's database engine at `database/`, which makes accounts in a real PostgreSQL. */
export async function enableDatabase(bao: Pick<OpenBao, 'call'>, postgres: Postgres): Promise<void> {
  await bao.call('sys/mounts/database', { type: 'database' });
  await bao.call('database/config/pg', {
    plugin_name: 'postgresql-database-plugin',
    allowed_roles: '*',
    connection_url: `postgresql://{{username}}:{{password}}@127.0.0.1:${postgres.port}/postgres?sslmode=disable`,
    username: postgres.admin.user,
    password: postgres.admin.password,
  });
}

/** A role at `database/creds/<name>` that makes an account for each read. */
export const addRole = (bao: Pick<OpenBao, 'call'>, name: string, { ttl, maxTtl }: RoleOptions): Promise<unknown> =>
  bao.call(`database/roles/${name}`, {
    db_name: 'pg',
    creation_statements: [`CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`],
    default_ttl: ttl,
    max_ttl: maxTtl,
  });

/** A role at `database/static-creds/<name>` whose one account gets a new password from time to time. */
export async function addStaticRole(bao: Pick<OpenBao, 'call'>, postgres: Postgres, name: string): Promise<void> {
  await postgres.query(`CREATE ROLE "${name}" LOGIN PASSWORD 'first'`);
  await bao.call(`database/static-roles/${name}`, { db_name: 'pg', username: name, rotation_period: '1h' });
}
