import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { runTool, spawnTool } from '../deploy/run-tool.ts';
import { type Daemon, type Json, startDaemon } from '../e2e/daemon.ts';
import { localConfig } from '../e2e/local-secrets.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { until } from '../e2e/until.ts';

/** Characters that break what pastes a value into a shell, a URL or a line. */
const PASSWORD = `a'b"c $(d) \\ %e`;
/** A reader is a compiler first, on a machine that is busy. */
const PATIENCE_MS = 60_000;

/** How to run one reader of examples/read; the path of a secret is added. */
export type Command = readonly [program: string, ...args: readonly string[]];

/**
 * One reader against the built daemon, over TCP with a token and over a unix socket that is its own: it reads, reads again
 * at once when the secret rotates, lives through a restart of the daemon with another token, and says what goes wrong.
 */
export async function checkReader(t: Test, command: Command): Promise<void> {
  for (const way of ['tcp', 'unix'] as const) await t.test(way, { timeout: 300_000 }, (t) => follow(t, command, way));
}

async function follow(t: Test, command: Command, way: 'tcp' | 'unix'): Promise<void> {
  const home = await startHome(t);
  const { daemon, env } = await home.start(way);
  const said = startReader(t, command, env);
  await said(`db/creds: user äpp-1, password of ${PASSWORD.length} characters\n`);
  await home.write({ username: 'app-2', password: 'short' });
  await said('db/creds: user app-2, password of 5 characters\n');

  await daemon.stop();
  await home.write({ username: 'app-3', password: 'longer' });
  await home.setToken('another-token-of-the-reader');
  await home.start(way, daemon);
  await said('db/creds: user app-3, password of 6 characters\n');

  const missing = await runTool(command[0], [...command.slice(1), 'no/such'], { env });
  t.equal(missing.code, 1);
  t.match(missing.stderr, 'no/such: 404 SecretDoesNotExist');
  t.equal(missing.stdout, '');
}

/** What a daemon and its reader share: the secrets, the token and the socket. */
async function startHome(t: Test) {
  const folder = await temporaryDirectory(t);
  const [secrets, token, socket] = ['secrets.yaml', 'token', 'k.sock'].map((name) => join(folder, name));
  if (secrets === undefined || token === undefined || socket === undefined) throw new TypeError('three names');
  const write = async (value: Json): Promise<void> => {
    // At once, as whoever replaces a file of secrets does.
    await writeFile(`${secrets}.new`, JSON.stringify({ 'db/creds': value }), { mode: 0o600 });
    await rename(`${secrets}.new`, secrets);
  };
  const setToken = (text: string): Promise<void> => writeFile(token, `${text}\n`, { mode: 0o600 });
  await write({ username: 'äpp-1', password: PASSWORD });
  await setToken('the-token-of-the-reader');

  /** A daemon, or one in the place of another. */
  const start = async (way: 'tcp' | 'unix', before?: Daemon) => {
    const address = before?.address();
    const port = address?.kind === 'tcp' ? address.port : 0;
    const listen = way === 'tcp' ? `127.0.0.1:${port}` : { address: `unix:${socket}`, caller: 'reader' };
    const caller = { name: 'reader', operations: ['get', 'resolve'], allow: ['**'], token: { file: token } };
    const access = { mode: 'token', callers: [caller] };
    const daemon = await startDaemon(t, { config: localConfig(secrets, { listen: [listen], access }) });
    const at = daemon.address();
    const env: Record<string, string> =
      at.kind === 'tcp'
        ? { KEYFOB_ADDR: `http://127.0.0.1:${at.port}`, KEYFOB_TOKEN_FILE: token }
        : { KEYFOB_ADDR: `unix:${socket}` };
    return { daemon, env };
  };
  return { start, write, setToken };
}

/** Gives a function that waits until the reader has said something, after all that it was asked for before. */
function startReader(t: Test, [program, ...args]: Command, env: Readonly<Record<string, string>>) {
  // Java before 18 writes what the locale can: without one, no umlauts.
  const child = spawnTool(program, args, { env: { LANG: 'C.UTF-8', ...env }, detached: true });
  const closed = once(child, 'close');
  let [stdout, stderr, seen] = ['', '', 0];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  t.teardown(async () => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await closed;
  });
  return async (line: string): Promise<void> => {
    const found = await until(
      `the reader says '${line}'`,
      () => {
        const at = stdout.indexOf(line, seen);
        if (at >= 0) return at + line.length;
        if (child.exitCode !== null) throw new Error(`the reader ended with ${child.exitCode}: ${stdout}${stderr}`);
        return undefined;
      },
      PATIENCE_MS,
    );
    t.equal(stdout.slice(seen, found), line, 'it says nothing else, and nothing twice');
    seen = found;
  };
}
