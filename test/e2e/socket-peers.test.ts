import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'tap';
import { startDaemon } from './daemon.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const skip = isRoot ? false : 'only root can become another user, which is what is tried here';

// Nobody has these ids, so no file of the machine is theirs.
const [OWNER, STRANGER, GROUP, OTHER_GROUP] = [64_001, 64_002, 64_011, 64_012];

/** Asks by a socket as another user: `connected`, or the code of the system's refusal. */
const PROBE = `
const [, path, uid, gid] = process.argv;
process.setgroups([]);
process.setgid(Number(gid));
process.setuid(Number(uid));
require('node:http').get({ socketPath: path, path: '/v1/secrets/db/creds', agent: false }, (answer) => {
  answer.resume();
  console.log(answer.statusCode);
}).on('error', ({ code }) => console.log(code));
`;

async function asks(path: string, uid: number, gid: number): Promise<string> {
  const { stdout } = await run(process.execPath, ['-e', PROBE, path, String(uid), String(gid)]);
  return stdout.trim();
}

test('who may open a socket is who its mode and group say', { skip }, async (t) => {
  const directory = await temporaryDirectory(t);
  await chmod(directory, 0o755);
  const socket = (name: string): string => join(directory, name);
  const callers = ['web', 'jobs'].map((name) => ({ name, operations: ['get'], allow: ['db/*'] }));
  const config = localConfig(await secretsFile(t, 'db/creds: value\n'), {
    socket: { mode: '0600' },
    listen: [
      { address: `unix:${socket('web')}`, caller: 'web', socket: { mode: '0660', group: String(GROUP) } },
      { address: `unix:${socket('jobs')}`, caller: 'jobs', socket: { mode: '0660', group: String(OTHER_GROUP) } },
      { address: `unix:${socket('root')}`, caller: 'jobs' },
      { address: `unix:${socket('all')}`, caller: 'jobs', socket: { mode: '0666' } },
    ],
    access: { mode: 'token', callers },
  });
  const daemon = await startDaemon(t, { config });
  const rows: readonly [socket: string, uid: number, gid: number, answer: string][] = [
    ['web', OWNER, GROUP, '200'],
    ['web', STRANGER, OTHER_GROUP, 'EACCES'],
    ['jobs', OWNER, GROUP, 'EACCES'],
    ['jobs', STRANGER, OTHER_GROUP, '200'],
    ['root', OWNER, GROUP, 'EACCES'],
    ['root', 0, 0, '200'],
    ['all', STRANGER, GROUP, '200'],
  ];
  for (const [name, uid, gid, answer] of rows)
    t.equal(await asks(socket(name), uid, gid), answer, `${name} by ${uid}:${gid}`);
  const changed = {
    ...config,
    access: { mode: 'token', callers: callers.slice(1) },
    listen: [
      { address: `unix:${socket('web')}`, caller: 'jobs', socket: { mode: '0660', group: String(OTHER_GROUP) } },
    ],
  };
  await daemon.reload(changed);
  t.equal(await asks(socket('web'), OWNER, GROUP), 'EACCES', 'another configuration changes it');
  t.equal(await asks(socket('web'), STRANGER, OTHER_GROUP), '200');
  await daemon.stop();
  t.equal(daemon.audit.at(-1)?.['caller_identity'], 'jobs');
});
