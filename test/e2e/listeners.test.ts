import { once } from 'node:events';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import t, { type Test, test } from 'tap';
import { runBundle, type Run } from './bundle.ts';
import { startDaemon, writeConfig } from './daemon.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const directory = await temporaryDirectory(t);
const secrets = await secretsFile(t, 'db/creds: value\n');
const SECRET = '/v1/secrets/db/creds?format=raw';

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

/** What a daemon says that cannot start. */
async function serveInVain(t: Test, config: object): Promise<Run> {
  const file = join(await temporaryDirectory(t), 'keyfob.yaml');
  await writeConfig(file, localConfig(secrets, { ...config }));
  return runBundle(['serve', '--config', file]);
}

/** One clear sentence, no stack, exit 2. */
function refusesToStart(t: Test, { code, stderr, stdout }: Run, sentence: RegExp): void {
  t.strictSame([code, stdout], [2, '']);
  t.match(stderr, sentence);
  t.equal(stderr.trim().split('\n').length, 1, 'one line');
  t.notMatch(stderr, /\n\s+at /);
}

test('IPv6', { skip: !hasIpv6 && 'THIS MACHINE HAS NO IPv6: the listener [::1] was not tested' }, async (t) => {
  const daemon = await startDaemon(t, { config: localConfig(secrets, { listen: ['[::1]:0'] }) });
  t.match(daemon.address(), { kind: 'tcp', host: '::1' });
  t.equal((await daemon.http().get(SECRET)).text, 'value');
});

test('a unix socket has the mode and group of the configuration', async (t) => {
  const path = join(directory, 'mode.sock');
  const group = process.getgid?.() === 0 ? '12345' : String(process.getgid?.());
  const daemon = await startDaemon(t, {
    config: localConfig(secrets, { listen: [`unix:${path}`], socket: { mode: '0620', group } }),
  });
  const { mode, gid } = await stat(path);
  t.strictSame([(mode & 0o777).toString(8), String(gid)], ['620', group]);
  t.equal((await daemon.http().get(SECRET)).text, 'value');
  t.equal((await daemon.stop()).code, 0);
  await t.rejects(stat(path), { code: 'ENOENT' }, 'it is gone with the daemon');
});

test('a group that is not there', async (t) => {
  const listen = [`unix:${join(directory, 'group.sock')}`];
  refusesToStart(
    t,
    await serveInVain(t, { listen, socket: { group: 'no-such-group' } }),
    /there is no group 'no-such-group'/,
  );
});

test('a socket in use is left alone, a left-over one is replaced', async (t) => {
  const path = join(directory, 'shared.sock');
  const config = { listen: [`unix:${path}`] };
  const first = await startDaemon(t, { config: localConfig(secrets, config) });
  refusesToStart(t, await serveInVain(t, config), /another program listens there/);
  t.equal((await first.http().get(SECRET)).text, 'value', 'the first serves on');
  first.signal('SIGKILL');
  await first.exited;
  t.ok((await stat(path)).isSocket(), 'a dead daemon leaves its socket');
  const second = await startDaemon(t, { config: localConfig(secrets, config) });
  t.equal((await second.http().get(SECRET)).text, 'value');
});

test('a file that is no socket is not touched', async (t) => {
  const path = join(directory, 'precious.txt');
  await writeFile(path, 'precious');
  refusesToStart(t, await serveInVain(t, { listen: [`unix:${path}`] }), /a file that is no socket is in the way/);
  t.equal(await readFile(path, 'utf8'), 'precious');
});

test('a directory that is not there, or not ours', async (t) => {
  const file = join(directory, 'file.txt');
  await writeFile(file, '');
  for (const parent of [join(directory, 'none'), file])
    refusesToStart(
      t,
      await serveInVain(t, { listen: [`unix:${parent}/k.sock`] }),
      /cannot listen on unix:.*: the directory does not exist$/m,
    );
});

test('a listener of loopback is asked under its own address', async (t) => {
  const daemon = await startDaemon(t, { config: localConfig(secrets, { listen: ['127.0.0.2:0'] }) });
  t.equal((await daemon.http().get(SECRET)).text, 'value');
});

test('a taken port is one clear sentence', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.teardown(() => other.close());
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const run = await serveInVain(t, { listen: [`127.0.0.1:${port}`] });
  refusesToStart(t, run, new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: another program has this port`));
});

test('one bad listener keeps all closed', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.teardown(() => other.close());
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const path = join(directory, 'first.sock');
  const run = await serveInVain(t, { listen: [`unix:${path}`, `127.0.0.1:${port}`] });
  t.equal(run.code, 2);
  await t.rejects(stat(path), { code: 'ENOENT' });
});

test('the API is not offered to the network without TLS', async (t) => {
  const access = {
    mode: 'token',
    callers: [{ name: 'web', token: { file: secrets }, operations: ['get'], allow: ['**'] }],
  };
  for (const address of ['0.0.0.0:0', '[::]:0', '10.0.0.1:0']) {
    const run = await serveInVain(t, { listen: [address], hosts: ['pod.internal'], access });
    refusesToStart(t, run, /'listen\[0\]' can be reached from elsewhere and needs 'tls'/);
  }
});

test('the API is not offered to the network to everybody', async (t) => {
  const { code, stdout, stderr } = await serveInVain(t, { listen: ['0.0.0.0:0'] });
  t.strictSame([code, stdout], [2, '']);
  t.match(stderr, /'hosts' is missing: 'listen\[0\]' is reached by a name/);
  t.match(stderr, /'access\.mode' is open: it needs token or jwt/);
});

test('a secrets file that everyone can read is served with a warning', async (t) => {
  const file = await secretsFile(t, 'a: b\n');
  await chmod(file, 0o644);
  const daemon = await startDaemon(t, { config: localConfig(file) });
  t.match(await daemon.logged(`the local secrets file '${file}' can be read by everyone`), { level: 'warn' });
  t.equal((await daemon.http().get('/v1/secrets/a?format=raw')).text, 'b');
});
