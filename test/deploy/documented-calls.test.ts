import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Test } from 'tap';
import { mustInstall } from '../../scripts/install-once.ts';
import { type Daemon, type Json, startDaemon } from '../e2e/daemon.ts';
import { localConfig, secretsFile } from '../e2e/local-secrets.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { codeBlocksOf } from '../markdown.ts';
import { createToolTest } from '../tool-test.ts';
import { runTool, type ToolRun } from './run-tool.ts';

const curlTest = createToolTest('curl', () => mustInstall("'curl'", ['curl', '--version']));

/** The pages whose blocks of `sh` are run, and how many blocks ask a daemon: none may get lost. */
const pages = {
  'docs/get-started.md': 6,
  'docs/migration.md': 6,
  'docs/faq.md': 1,
  'docs/simulation.md': 2,
  'README.md': 1,
} as const;

const operations = ['get', 'list', 'describe', 'resolve', 'rotate', 'simulate'];

/** What the daemon of a page needs besides secrets. */
const settings: Readonly<Record<string, Json>> = {
  'docs/simulation.md': {
    simulation: { mode: 'mock' },
    access: { callers: [{ name: 'anonymous', operations, allow: ['**'] }] },
  },
};

/** What makes a shell do as in the docs: the daemon is elsewhere, and a refusal is a failure. */
const PRELUDE = `set -eu
curl() { command curl --silent --show-error --fail --max-time 10 "$@"; }
keyfob() { "$NODE" "$BUNDLE" "$@"; }
`;

const PASSWORD = 'correct-horse-battery-staple';
const credentials = { username: 'app', password: PASSWORD };
const secrets = { 'db/creds': credentials, 'shop/db': credentials, db: credentials, 'mail/token': 'not-a-real-token' };

const isCall = (text: string): boolean => /^(?!#)(?:.*\b)?(?:curl|keyfob) /m.test(text);

for (const [page, wanted] of Object.entries(pages)) {
  await curlTest(`the calls of ${page} are answered`, async (t) => {
    const blocks = codeBlocksOf(await readFile(page, 'utf8')).filter(({ info, text }) => info === 'sh' && isCall(text));
    t.equal(blocks.length, wanted);
    const places = await startDaemons(t, settings[page]);
    for (const { text } of blocks) {
      const { code, stdout, stderr } = await runBlock(text, places);
      t.equal(code, 0, `${text}${stdout}${stderr}`);
      if (text.includes('format=raw')) t.match(stdout, PASSWORD, text);
      else if (!text.includes('--output')) t.not(stdout, '', text);
    }
  });
}

await curlTest('the answer that the docs show is the answer', async (t) => {
  const [answer] = codeBlocksOf(await readFile('docs/get-started.md', 'utf8')).filter(({ info }) => info === 'json');
  const shown: Readonly<Record<string, unknown>> = JSON.parse(answer?.text ?? '{}');
  const { stdout } = await runBlock('curl localhost:8200/v1/secrets/db/creds', await startDaemons(t));
  t.match(JSON.parse(stdout), { ...shown, version: String });
  t.ok(Object.keys(shown).length > 5);
});

/** Runs a block as the docs have it, but for the places. A block that shows a token asks the daemon that wants one. */
function runBlock(text: string, places: Places): Promise<ToolRun> {
  const env = text.includes('KEYFOB_TOKEN_FILE')
    ? { KEYFOB_ADDR: places.guarded, KEYFOB_TOKEN_FILE: places.token }
    : { KEYFOB_ADDR: places.open };
  const script = text
    .replaceAll(/\blocalhost:8200\b/g, new URL(places.open).host)
    .replaceAll('/run/keyfob/keyfob.sock', places.socket);
  const programs = { NODE: process.execPath, BUNDLE: resolve('dist/keyfob.js') };
  return runTool('sh', ['-c', PRELUDE + script], { cwd: places.folder, env: { ...programs, ...env } });
}

interface Places {
  /** That anyone may ask. */
  readonly open: string;
  /** That asks for the token. */
  readonly guarded: string;
  readonly token: string;
  readonly socket: string;
  /** Where the blocks write what they write. */
  readonly folder: string;
}

/** @param more settings of the daemon that anyone may ask. */
async function startDaemons(t: Test, more: Json = {}): Promise<Places> {
  const folder = await temporaryDirectory(t);
  const file = await secretsFile(t, JSON.stringify(secrets));
  const [socket, token] = [join(folder, 'k.sock'), join(folder, 'token')];
  await writeFile(token, 'the-token-of-the-docs\n', { mode: 0o600 });
  const caller = { name: 'web', token: { file: token }, operations: ['get'], allow: ['**'] };
  const listen = ['127.0.0.1:0', { address: `unix:${socket}`, caller: 'web' }];
  const access = { mode: 'token', callers: [caller] };
  const [open, guarded] = await Promise.all([
    startDaemon(t, { config: localConfig(file, more) }),
    startDaemon(t, { config: localConfig(file, { listen, access }) }),
  ]);
  return { open: urlOf(open), guarded: urlOf(guarded), token, socket, folder };
}

function urlOf(daemon: Daemon): string {
  const address = daemon.address();
  return address.kind === 'tcp' ? `http://${address.host}:${address.port}` : `unix:${address.path}`;
}
