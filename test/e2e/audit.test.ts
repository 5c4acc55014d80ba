import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { appendFile, readFile, rename, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { program } from './bundle.ts';
import { test } from 'tap';
import { runBundle } from './bundle.ts';
import { startDaemon, writeConfig } from './daemon.ts';
import { Http } from './http.ts';
import type { Line } from './daemon.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { shopSecrets } from './shop-secrets.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { until } from './until.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const OK = { success: true, caller_identity: 'anonymous', source_ip: '127.0.0.1' };

test('a line for each access, as the specification names its fields', async (t) => {
  const daemon = await startDaemon(t, { config: localConfig(await secretsFile(t, shopSecrets)) });
  const headers = { 'x-request-id': 'req-1', traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
  await daemon.http().get('/v1/secrets/db/creds', headers);
  const [line] = await until('the line is written', () => (daemon.audit.length > 0 ? daemon.audit : undefined));
  t.strictSame(line, {
    type: 'audit',
    timestamp: line?.['timestamp'],
    operation: 'get',
    secret_path: 'db/creds',
    version: '2',
    provider: 'files',
    caller_identity: 'anonymous',
    source_ip: '127.0.0.1',
    success: true,
    cached: false,
    request_id: 'req-1',
    trace_id: TRACE,
  });
  t.match(line?.['timestamp'], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  t.notOk(
    daemon.log.some(({ secret_path: path }) => path !== undefined),
    'the log does not say it again',
  );
});

test('hits, refusals, every secret of a document, and what the guards refuse', async (t) => {
  const directory = await temporaryDirectory(t);
  const sink = join(directory, 'audit.log');
  const listen = ['127.0.0.1:0', `unix:${join(directory, 'k.sock')}`];
  const config = localConfig(await secretsFile(t, shopSecrets), { audit: { sink }, listen });
  const daemon = await startDaemon(t, { config });
  const http = daemon.http();
  await http.get('/v1/secrets/db/creds');
  await http.get('/v1/secrets/db/creds?format=raw');
  await http.get('/v1/secrets/db/creds', { 'if-none-match': '*' });
  await http.get('/v1/secrets/nothing');
  await http.get('/v1/secrets/nothing');
  await http.get('/v1/secrets/a//b');
  await http.get('/v1/secrets?prefix=db/');
  await http.get('/v1/metadata/db/creds');
  await http.get('/v1/versions/db/creds');
  await http.send({ method: 'DELETE', path: '/v1/cache/db/creds' });
  await http.post('/v1/batch', { secrets: [{ path: 'mail/token' }, { path: 'gone' }] });
  await http.post('/v1/resolve', {
    text: '{{secret:db/creds#username}} {{secret:db/creds#password}} {{secret:mail/token}}',
  });
  await daemon.http(1).get('/v1/secrets/mail/token');
  await http.get('/v1/secrets/db/creds', { host: 'evil.example' });
  await http.get('/v1/secrets/db/creds', { origin: 'http://evil.example' });
  await http.post('/v1/resolve', { text: 'nothing in it' });
  for (const path of ['/v1/status', '/livez', '/metrics', '/nothing']) await http.get(path);
  t.equal((await daemon.stop()).code, 0);

  const lines: readonly Line[] = (await readFile(sink, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'audit');
  const path = 'db/creds';
  t.match(lines, [
    { ...OK, operation: 'get', secret_path: path, cached: false },
    { ...OK, operation: 'get', secret_path: path, cached: true, version: '2' },
    { ...OK, operation: 'get', secret_path: path, cached: true },
    { operation: 'get', secret_path: 'nothing', success: false, code: 'SecretDoesNotExist', provider: 'files' },
    { operation: 'get', secret_path: 'nothing', success: false, code: 'SecretDoesNotExist' },
    { operation: 'get', secret_path: 'a//b', success: false, code: 'InvalidPath' },
    { ...OK, operation: 'list', secret_path: 'db/' },
    { ...OK, operation: 'describe', secret_path: path },
    { ...OK, operation: 'describe', secret_path: path },
    { operation: 'invalidate', secret_path: path, success: false, code: 'PolicyDenied' },
    { ...OK, operation: 'get', secret_path: 'mail/token', cached: false },
    { operation: 'get', secret_path: 'gone', success: false },
    { ...OK, operation: 'resolve', secret_path: path },
    { ...OK, operation: 'resolve', secret_path: 'mail/token', cached: true },
    { ...OK, operation: 'get', secret_path: 'mail/token', source_ip: 'unix' },
    { operation: 'get', secret_path: path, success: false, code: 'HostNotAllowed', source_ip: '127.0.0.1' },
    { operation: 'get', secret_path: path, success: false, code: 'CrossSite' },
  ]);
  t.equal(lines.length, 17);
  t.equal(((await stat(sink)).mode & 0o777).toString(8), '600');
  t.equal(daemon.stdout, '');
});

test('without an audit the log tells each access', async (t) => {
  const config = localConfig(await secretsFile(t, shopSecrets), { audit: { enabled: false } });
  const daemon = await startDaemon(t, { config });
  await daemon.http().get('/v1/secrets/db/creds');
  await daemon.http().get('/v1/secrets/nothing');
  t.match(await daemon.logged('secret accessed'), {
    level: 'info',
    operation: 'get',
    secret_path: 'db/creds',
    caller_identity: 'anonymous',
  });
  t.equal((await daemon.stop()).code, 0);
  t.equal(daemon.stdout, '');
});

const noFull = existsSync('/dev/full') ? false : 'this system has no /dev/full';

test('a sink that cannot be written', { skip: noFull }, async (t) => {
  const config = localConfig(await secretsFile(t, shopSecrets), { audit: { sink: '/dev/full' } });
  const daemon = await startDaemon(t, { config });
  t.equal((await daemon.http().get('/v1/secrets/db/creds')).status, 200);
  await until(
    'the metric shows it',
    async () => /^secrets_audit_errors_total [1-9]/m.test((await daemon.http().get('/metrics')).text) || undefined,
  );
  t.match(await daemon.logged('the audit sink failed'), { level: 'error' });
});

test('failClosed: nothing is answered that cannot be written', { skip: noFull }, async (t) => {
  const sink = join(await temporaryDirectory(t), 'audit.log');
  await symlink('/dev/full', sink);
  const callers = [{ name: 'anonymous', operations: ['get', 'list', 'describe', 'resolve', 'invalidate'] }];
  const config = localConfig(await secretsFile(t, shopSecrets), {
    audit: { sink, failClosed: true },
    access: { callers },
  });
  const daemon = await startDaemon(t, { config });
  const http = daemon.http();
  const problem = { status: 503, error: 'RequestError', code: 'AuditUnavailable', retryable: true };
  const refused = [
    await http.get('/v1/secrets/db/creds'),
    await http.get('/v1/secrets/db/creds?format=raw'),
    await http.get('/v1/secrets/db/creds', { 'if-none-match': '*' }),
    await http.get('/v1/secrets?prefix=db/'),
    await http.get('/v1/metadata/db/creds'),
    await http.get('/v1/versions/db/creds'),
    await http.get('/v1/watch?path=db/creds'),
    await http.send({ method: 'DELETE', path: '/v1/cache/db/creds' }),
    await http.post('/v1/resolve', { text: '{{secret:db/creds#password}}' }),
  ];
  for (const { status, json, headers } of refused) {
    t.match({ status, json }, { status: 503, json: problem });
    t.equal(headers['retry-after'], '1');
  }
  const batch = await http.post('/v1/batch', { secrets: [{ path: 'mail/token' }] });
  t.match(batch.json, { results: [{ path: 'mail/token', problem }] });
  t.equal((await http.get('/v1/secrets/nothing')).status, 404, 'a refusal is a refusal');
  t.equal((await http.get('/livez')).status, 200);
  t.match((await http.get('/metrics')).text, /^secrets_audit_errors_total [1-9]\d/m, 'each of them');

  await unlink(sink);
  daemon.signal('SIGHUP');
  await daemon.logged('the configuration was read again');
  t.equal((await http.get('/v1/secrets/db/creds')).status, 200);
  t.match(
    (await readFile(sink, 'utf8')).split('\n').at(-2),
    /"secret_path":"db\/creds".*"success":true/,
    'before the answer',
  );
  const text = await readFile(sink, 'utf8');
  t.equal(text.match(/"code":"AuditUnavailable"/g)?.length, refused.length + 1, 'the refusals were kept');

  // The same with a URL that is known by now, on a file that fails from here on.
  const first = `${sink}.1`;
  await rename(sink, first);
  await symlink('/dev/full', sink);
  await daemon.reload(config);
  t.match((await http.get('/v1/secrets/db/creds')).json, problem);
  await unlink(sink);
  await daemon.reload(config);
  t.equal((await http.get('/v1/secrets/db/creds')).status, 200);
  t.equal((await daemon.stop()).code, 0);
  t.match(await runBundle(['audit', 'verify', first, sink]), { code: 0, stderr: '' });
});

test('a rotation, a crash and a restart: one chain, which the program verifies', async (t) => {
  const folder = await temporaryDirectory(t);
  const [sink, old, keyFile] = [join(folder, 'audit.log'), join(folder, 'audit.log.1'), join(folder, 'key')];
  await writeFile(keyFile, randomBytes(32), { mode: 0o600 });
  const secrets = await secretsFile(t, shopSecrets);
  const config = localConfig(secrets, { audit: { sink, key: { file: keyFile } } });
  const first = await startDaemon(t, { config });
  await first.http().get('/v1/secrets/db/creds');
  await rename(sink, old);
  await first.reload(config);
  await first.http().get('/v1/secrets/mail/token');
  await until('the line is written', async () => (await readFile(sink, 'utf8')).includes('mail/token') || undefined);
  await first.kill();
  await appendFile(sink, '{"type":"audit","secret_path":"torn');
  const second = await startDaemon(t, { config });
  await second.http().get('/v1/secrets/nothing');
  t.equal((await second.stop()).code, 0);

  const verify = (...files: readonly string[]) => runBundle(['audit', 'verify', '--key', keyFile, ...files]);
  const whole = await verify(old, sink);
  t.match(whole, { code: 0, stdout: /whole: every line/, stderr: /note: .* line 4 is found unsealed/ });
  t.match(
    second.log.find(({ msg }) => String(msg).startsWith('the audit')),
    {
      msg: 'the audit goes on in a file that was not closed: its last lines are sealed as found',
      level: 'warn',
      lines: 1,
    },
  );
  t.match((await verify(sink)).stderr, /the chain begins before this file/);
  await writeFile(sink, (await readFile(sink, 'utf8')).replace('mail/token', 'mail/other'));
  t.match(await verify(old, sink), { code: 1, stdout: `${sink}: line 2 was changed\n` });
  const head = [...whole.stdout.matchAll(/the head is block \d+, (\w+)/g)].at(-1)?.[1];
  t.match(
    second.log.find(({ msg }) => msg === 'the audit was closed')?.['head'],
    head,
    'the head is told elsewhere, too',
  );
});

test('a log that cannot be written hinders nothing', { skip: noFull }, async (t) => {
  const directory = await temporaryDirectory(t);
  const [file, path] = [join(directory, 'keyfob.yaml'), join(directory, 'k.sock')];
  const audit = { enabled: false };
  await writeConfig(
    file,
    localConfig(await secretsFile(t, shopSecrets), { listen: [`unix:${path}`], audit, log: { level: 'debug' } }),
  );
  const child = spawn('/usr/bin/env', ['-i', ...program, 'serve', '--config', file], {
    stdio: ['ignore', 'ignore', openSync('/dev/full', 'w')],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  await until('it listens', () => existsSync(path) || child.exitCode !== null || undefined);
  const http = new Http({ kind: 'unix', path });
  for (let count = 0; count < 3; count++) t.equal((await http.get('/v1/secrets/db/creds')).status, 200);
  t.equal((await http.get('/v1/secrets/nothing')).status, 404);
  child.kill('SIGTERM');
  t.strictSame(await exited, [0, null]);
});
