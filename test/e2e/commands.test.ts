import { join } from 'node:path';
import t, { test } from 'tap';
import { runBundle, type Run } from './bundle.ts';
import { startDaemon } from './daemon.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { shopSecrets } from './shop-secrets.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const socket = join(await temporaryDirectory(t), 'k.sock');
const daemon = await startDaemon(t, {
  config: localConfig(await secretsFile(t, shopSecrets), { listen: ['127.0.0.1:0', `unix:${socket}`] }),
});
const address = daemon.address();
const KEYFOB_ADDR = address.kind === 'tcp' ? `http://127.0.0.1:${address.port}` : '';
const keyfob = (...args: readonly string[]): Promise<Run> => runBundle(args, { KEYFOB_ADDR });
const printed = (...texts: readonly string[]): readonly Run[] =>
  texts.map((stdout) => ({ code: 0, stdout, stderr: '' }));

test('get prints the value and nothing else', async (t) => {
  const runs = await Promise.all([
    keyfob('get', 'db/creds', '--key', 'password'),
    keyfob('get', 'db/creds', '--key', 'password', '--version', '1'),
    keyfob('get', '50% off'),
    runBundle(['get', 'db/replica'], { KEYFOB_ADDR: `unix:${socket}` }),
  ]);
  t.strictSame(runs, printed('second', 'first', 'percent', 'plain text'));
  t.match(JSON.parse((await keyfob('get', 'db/creds', '--json')).stdout), { path: 'db/creds', version: '2' });
});

test('get that fails', async (t) => {
  const runs = await Promise.all([
    keyfob('get', 'nothing'),
    keyfob('get', 'db/creds', '--key', 'no'),
    keyfob('get', '../x'),
  ]);
  t.match(runs, [
    { code: 1, stdout: '', stderr: /^keyfob: .*\(SecretDoesNotExist\)\n$/ },
    { code: 1, stdout: '', stderr: /\(KeyNotFound\)/ },
    { code: 1, stdout: '', stderr: /\(InvalidPath\)/ },
  ]);
});

test('list', async (t) => {
  const runs = await Promise.all([keyfob('list', 'db/'), keyfob('list', '--tag', 'team=shop')]);
  t.strictSame(runs, printed('db/creds\ndb/replica\n', 'db/creds\n'));
  t.match(JSON.parse((await keyfob('list', 'db', '--json')).stdout), { secrets: { length: 3 } });
});

test('health and wait', async (t) => {
  const commands = [['health'], ['health', 'live'], ['health', 'startup'], ['wait', '--timeout', '5s']];
  t.strictSame(await Promise.all(commands.map((args) => keyfob(...args))), printed('', '', '', ''));
});

test('openapi and --version', async (t) => {
  const { code, stdout } = await keyfob('openapi');
  t.equal(code, 0);
  t.strictSame(JSON.parse(stdout), (await daemon.http().get('/openapi.json')).json);
  const { version } = JSON.parse(stdout).info;
  t.strictSame(await keyfob('--version'), { code: 0, stdout: `${version}\n`, stderr: '' });
});

test('no daemon', async (t) => {
  const env = { KEYFOB_ADDR: 'http://127.0.0.1:1' };
  const commands = [['get', 'a'], ['health'], ['wait', '--timeout', '100ms']];
  t.match(await Promise.all(commands.map((args) => runBundle(args, env))), [
    { code: 1, stdout: '', stderr: /no daemon answers at http:\/\/127\.0\.0\.1:1/ },
    { code: 1, stdout: '', stderr: /no daemon answers/ },
    { code: 1, stdout: '', stderr: /was not ready within 100ms/ },
  ]);
});
