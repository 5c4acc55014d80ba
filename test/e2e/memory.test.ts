import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';
import { test } from 'tap';
import { program, runBundle } from './bundle.ts';
import { startDaemon, writeConfig } from './daemon.ts';
import { Http } from './http.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { until } from './until.ts';

const BUNDLE = fileURLToPath(new URL('../../dist/keyfob.js', import.meta.url));
const SECRET = 'c4n4ry-in-the-memory-77f1d0';

/** Where core files go when nothing else takes them: beside the process. */
async function coreFilesStay(): Promise<boolean> {
  const pattern = await readFile('/proc/sys/kernel/core_pattern', 'utf8').catch(() => '|');
  return pattern.startsWith('core');
}

const noCores = (await coreFilesStay()) ? false : 'core files of this system go elsewhere';

test('a core file holds no secret', { skip: noCores }, async (t) => {
  const folder = await temporaryDirectory(t);
  const [file, path] = [join(folder, 'keyfob.yaml'), join(folder, 'k.sock')];
  const secrets = await secretsFile(t, `db/creds: ${SECRET}\n`);
  await writeConfig(file, localConfig(secrets, { listen: [`unix:${path}`], log: { level: 'silent' } }));
  const command = [
    '-c',
    'ulimit -c unlimited; exec /usr/bin/env -i "$@"',
    'sh',
    process.execPath,
    BUNDLE,
    'serve',
    '--config',
    file,
  ];
  const child = spawn('/bin/sh', command, { cwd: folder, stdio: 'ignore' });
  t.teardown(() => child.kill('SIGKILL'));
  await until('it listens', () => existsSync(path) || undefined);
  const http = new Http({ kind: 'unix', path });
  t.equal(
    (await until('it serves', () => http.get('/v1/secrets/db/creds?format=raw').catch(() => undefined))).text,
    SECRET,
  );
  child.kill('SIGABRT');
  t.same(await once(child, 'exit'), [null, 'SIGABRT']);
  const names = (await readdir(folder)).filter((name) => name.startsWith('core'));
  // One is made nevertheless where it may be: this looks into it.
  for (const name of names) t.notOk((await readFile(join(folder, name))).includes(SECRET), name);
  t.comment(`${names.length} core files`);
});

test('a signal opens no debugger', async (t) => {
  const daemon = await startDaemon(t, { config: localConfig(await secretsFile(t, 'db/creds: value\n')) });
  daemon.signal('SIGUSR1');
  daemon.signal('SIGUSR1');
  t.equal((await daemon.http().get('/v1/secrets/db/creds')).status, 200);
  t.notMatch(daemon.stderr, /Debugger/);
  const debuggerPort = connect(9_229, '127.0.0.1');
  const [error] = await once(debuggerPort, 'error');
  t.equal(Object(error).code, 'ECONNREFUSED');
  t.equal((await daemon.stop()).code, 0);
});

const isExecutable = program.length === 1 ? 'NODE_OPTIONS means nothing to the executable' : false;

test('permissions of Node.js without the network keep the daemon from starting', { skip: isExecutable }, async (t) => {
  const args = ['serve', '--local', await secretsFile(t, 'db/creds: value\n'), '--listen', '127.0.0.1:0'];
  const { code, stderr } = await runBundle(args, { NODE_OPTIONS: '--permission --allow-fs-read=*' });
  t.equal(code, 2);
  t.match(stderr, /^keyfob: Node\.js runs with '--permission' .*: add '--allow-net'\n$/);
});

test('options of Node.js that reveal the memory keep the daemon from starting, and no report is written', async (t) => {
  const folder = await temporaryDirectory(t);
  const secrets = join(folder, 'secrets.yaml');
  await writeFile(secrets, `db/creds: ${SECRET}\n`, { mode: 0o600 });
  const args = ['serve', '--local', secrets, '--listen', '127.0.0.1:0'];
  const { code, stderr } = await runBundle(args, { NODE_OPTIONS: '--heapsnapshot-signal=SIGUSR2' });
  t.equal(code, 2);
  t.match(stderr, /^keyfob: the option '--heapsnapshot-signal' of Node\.js would reveal the memory/);

  const options = `--report-on-signal --report-uncaught-exception --report-on-fatalerror --report-dir=${folder}`;
  const daemon = await startDaemon(t, {
    config: localConfig(secrets),
    env: { NODE_OPTIONS: options, SOME_TOKEN: SECRET },
  });
  daemon.signal('SIGUSR2');
  await daemon.exited;
  t.same(await readdir(folder), ['secrets.yaml']);
});
