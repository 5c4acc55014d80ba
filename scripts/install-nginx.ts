// nginx for the tests.
import { join } from 'node:path';
import { unpackDebian } from './unpack-debian.ts';

const PROGRAM = 'usr/sbin/nginx';

/**
 * Path of nginx.
 * @throws MissingTool, Error as `unpackDebian` does.
 */
export const installNginx = async (): Promise<string> => join(await unpackDebian('nginx', PROGRAM), PROGRAM);

if (import.meta.main) process.stdout.write(`${await installNginx()}\n`);
