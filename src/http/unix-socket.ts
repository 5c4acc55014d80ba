import { once } from 'node:events';
import { chmodSync, chownSync, lstatSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { SocketConfig } from '../config/config.ts';
import { ConfigurationError } from '../core/errors/configuration-error.ts';

/**
 * Binds a unix socket with its permissions. A socket that a dead daemon left over is replaced, one in use is not.
 * @returns its name, `unix:/path`.
 * @throws ConfigurationError when it cannot be bound.
 */
export async function listenUnix(server: Server, path: string, permissions: SocketConfig): Promise<string> {
  const name = `unix:${path}`;
  try {
    // To bind where there is no directory is `EACCES` in Node.
    statSync(dirname(path));
    await removeLeftover(path);
    // Nobody may connect before the permissions are set; binding is synchronous, so no other file gets this mask.
    const mask = process.umask(0o177);
    try {
      server.listen(path);
    } finally {
      process.umask(mask);
    }
    await once(server, 'listening');
    permit(path, permissions);
    return name;
  } catch (cause) {
    server.close();
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError('MissingEndpoint', `cannot listen on ${name}: ${reason(cause)}`, { cause });
  }
}

/** Sets who may connect. @throws the system's error; ConfigurationError for a group that there is not */
export function permit(path: string, { mode, group }: SocketConfig): void {
  if (group !== undefined) chownSync(path, -1, groupId(group));
  chmodSync(path, mode);
}

function reason(cause: unknown): string {
  const code = codeOf(cause);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'the directory does not exist';
    case 'EACCES':
    case 'EPERM':
      return `the user of this process may not do that there (${code})`;
    default:
      return code;
  }
}

async function removeLeftover(path: string): Promise<void> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isSocket()) {
    throw new ConfigurationError(
      'MissingEndpoint',
      `cannot listen on unix:${path}: a file that is no socket is in the way`,
    );
  }
  if (await isAlive(path)) {
    throw new ConfigurationError('MissingEndpoint', `cannot listen on unix:${path}: another program listens there`);
  }
  rmSync(path, { force: true });
}

/** @throws the system's error when it cannot be told; then the socket must be left alone. */
async function isAlive(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ECONNREFUSED' || code === 'ENOENT') return false;
    throw error;
  } finally {
    socket.destroy();
  }
}

/** Node has no call for it; /etc/group is where the C library looks first, and a number always works. */
function groupId(group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  const line = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${group}:`));
  const id = line?.split(':')[2];
  if (id === undefined)
    throw new ConfigurationError('MissingEndpoint', `there is no group '${group}' (see 'socket.group')`);
  return Number(id);
}

const codeOf = (cause: unknown): string => (cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown');
