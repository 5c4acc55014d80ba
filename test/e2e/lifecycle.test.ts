import { Agent } from 'node:http';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'tap';
import { startFakeVault } from '../fakes/fake-vault.ts';
import { type Daemon, type Json, startDaemon } from './daemon.ts';
import { Http } from './http.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { open } from './raw.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { until } from './until.ts';

const SECRET = '/v1/secrets/a?format=raw';

test('a broken configuration changes nothing, and the log says why', async (t) => {
  const config = localConfig(await secretsFile(t, 'a: value\n'));
  const daemon = await startDaemon(t, { config });
  for (const [broken, reason] of [
    ['providers: [', /keyfob\.yaml:\d+: /],
    ['cahce: {}\n', /unknown key 'cahce', did you mean 'cache'/],
    [
      JSON.stringify({ ...config, listen: ['0.0.0.0:0'] }),
      /'listen\[0\]' can be reached from elsewhere and needs 'tls'/,
    ],
    [JSON.stringify(localConfig('/nothing/there.yaml')), /'\/nothing\/there\.yaml' does not exist/],
  ] as const) {
    await daemon.reload(broken);
    t.match(daemon.log.at(-1), { level: 'error', msg: 'the configuration stays as it was', err: reason });
    t.equal((await daemon.http().get(SECRET)).text, 'value');
  }
});

test('a listener that cannot be opened changes nothing', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.teardown(() => other.close());
  const address = other.address();
  const taken = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const socket = `unix:${join(await temporaryDirectory(t), 'k.sock')}`;
  const config = localConfig(await secretsFile(t, 'a: value\n'));
  const daemon = await startDaemon(t, { config });
  await daemon.reload(localConfig('/elsewhere.yaml', { listen: [socket, taken] }));
  await daemon.reload({ ...config, listen: ['127.0.0.1:0', socket, taken] });
  t.match(daemon.log.at(-1), { level: 'error', err: /another program has this port/ });
  t.equal((await daemon.http().get(SECRET)).text, 'value');
  await t.rejects(open({ kind: 'unix', path: socket.slice(5) }), { code: 'ENOENT' });
});

test('a good configuration takes effect: level, mapping, listener', async (t) => {
  const [first, second] = await Promise.all([secretsFile(t, 'a: from first\n'), secretsFile(t, 'a: from second\n')]);
  const providers = [first, second].map((path, index) => ({ name: `p${index}`, type: 'local', path }));
  const config = { providers, defaultProvider: 'p0' };
  const daemon = await startDaemon(t, { config });
  const http = daemon.http();
  t.equal((await http.get(SECRET)).text, 'from first');
  await http.get('/v1/secrets/nothing');
  t.notOk(daemon.log.some(({ level }) => level === 'debug'));

  const path = join(await temporaryDirectory(t), 'k.sock');
  const pathMappings = [{ pattern: 'a', provider: 'p1' }];
  const listen = ['127.0.0.1:0', `unix:${path}`];
  await daemon.reload({ ...config, pathMappings, listen, log: { level: 'debug' } });
  t.match(daemon.log.at(-1), { level: 'info', msg: 'the configuration was read again' });
  t.equal((await http.get(SECRET)).text, 'from second');
  t.equal((await new Http({ kind: 'unix', path }).get(SECRET)).text, 'from second');
  await http.get('/v1/secrets/nothing');
  t.ok(daemon.log.some(({ level }) => level === 'debug'));

  await daemon.reload(config);
  t.equal((await http.get(SECRET)).text, 'from first');
  await t.rejects(new Http({ kind: 'unix', path }).get(SECRET), { code: 'ENOENT' }, 'the listener is gone');
});

test('what is in the cache outlives a reload that does not concern it', async (t) => {
  const config = localConfig(await secretsFile(t, 'a: value\n'));
  const daemon = await startDaemon(t, { config });
  const cacheStatus = async (): Promise<unknown> => (await daemon.http().get(SECRET)).headers['cache-status'];
  await cacheStatus();
  await daemon.reload({ ...config, log: { level: 'info' }, hosts: ['other'] });
  t.match(await cacheStatus(), /; hit;/);
  await daemon.reload({
    ...config,
    providers: [{ name: 'files', type: 'local', path: await secretsFile(t, 'a: new\n') }],
  });
  t.match(await cacheStatus(), /fwd=miss/);
});

test('it serves on while it drains, but is not ready', async (t) => {
  const daemon = await startDaemon(t, { config: localConfig(await secretsFile(t, 'a: value\n'), { drain: '1s' }) });
  const http = daemon.http();
  daemon.signal('SIGTERM');
  const red = await until('it is not ready', async () => {
    const answer = await http.get('/readyz');
    return answer.status === 503 ? answer : undefined;
  });
  t.match(red.json, { code: 'Draining', retryable: true });
  t.equal((await http.get('/livez')).status, 200);
  const answer = await http.get(SECRET);
  t.strictSame([answer.text, answer.headers.connection], ['value', 'close']);
  t.match((await http.get('/v1/status')).json, { ready: false, draining: true });
  t.strictSame(await daemon.exited, { code: 0, signal: null });
});

interface Load {
  answered: number;
  isOver: boolean;
  readonly lost: string[];
}

/** One client that asks again as soon as it has its answer. */
async function hammer(http: Http, load: Load): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (!load.isOver) {
    try {
      const { status, text } = await http.send({ path: SECRET, agent });
      if (status !== 200) load.lost.push(text);
      load.answered++;
    } catch (error) {
      load.lost.push(String(error));
    }
  }
  agent.destroy();
}

/** Resolves when the load has got so many more answers. */
function answers(load: Load, count: number): Promise<true> {
  const enough = load.answered + count;
  return until(`${count} more answers`, () => load.answered >= enough || undefined);
}

test('no request is lost when it is stopped under load', async (t) => {
  const config = localConfig(await secretsFile(t, 'a: value\n'), { drain: '1s' });
  const daemon = await startDaemon(t, { config });
  const load: Load = { answered: 0, isOver: false, lost: [] };
  const clients = Array.from({ length: 6 }, () => hammer(daemon.http(), load));
  await answers(load, 200);
  daemon.signal('SIGTERM');
  await until('it is not ready', async () => (await daemon.http().get('/readyz')).status === 503 || undefined);
  // The clients go on for a while, on connections that are closed after each answer. Whoever asks when the time to
  // drain is over may find the door closed.
  await answers(load, 200);
  load.isOver = true;
  await Promise.all(clients);
  t.strictSame(load.lost, []);
  t.strictSame(await daemon.exited, { code: 0, signal: null });
  const told = daemon.audit.filter(({ secret_path: path }) => path === 'a').length;
  t.equal(told, load.answered, 'each has its line in the audit');
});

test('a request that waits for the store is answered before the end', async (t) => {
  const vault = await startFakeVault({ secrets: { a: '{"k":"v"}' }, token: 'the-token' });
  t.teardown(() => vault.close());
  const daemon = await startDaemon(t, { config: vaultConfig(vault.address), env: { TOKEN: 'the-token' } });
  vault.fault = ({ path }) => (path.startsWith('secret/data') ? 'hang' : undefined);
  const asked = daemon.http().get('/v1/secrets/a?key=k&format=raw');
  await vault.seen('secret/data/a', 1);
  vault.fault = () => undefined;
  daemon.signal('SIGTERM');
  const { text, status } = await asked;
  t.strictSame([status, text], [200, 'v'], 'by the second attempt');
  t.strictSame(await daemon.exited, { code: 0, signal: null });
});

const vaultConfig = (address: string): Json => ({
  providers: [
    {
      name: 'vault',
      type: 'vault',
      address,
      attemptTimeout: '300ms',
      auth: { method: 'token', token: { env: 'TOKEN' } },
    },
  ],
});

/** How long the daemon takes to end, in milliseconds. */
async function timeToEnd(daemon: Daemon): Promise<number> {
  const startMs = performance.now();
  const exit = await daemon.stop();
  if (exit.code !== 0) throw new Error(`the daemon ended with ${JSON.stringify(exit)}`);
  return performance.now() - startMs;
}

test('connections that say nothing, or not all, do not hold it back', async (t) => {
  const daemon = await startDaemon(t, { config: localConfig(await secretsFile(t, 'a: value\n')) });
  const sockets = await Promise.all([1, 2, 3].map(() => open(daemon.address())));
  for (const socket of sockets) {
    socket.on('error', () => undefined);
    t.teardown(() => socket.destroy());
  }
  sockets[1]?.write('GET /v1/secrets/a HTTP/1.1\r\nHost: local');
  sockets[2]?.write(
    'POST /v1/resolve HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 99\r\n\r\nabc',
  );
  await daemon.http().get('/livez');
  t.ok((await timeToEnd(daemon)) < 5_000);
});
