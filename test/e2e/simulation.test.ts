import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { runBundle } from './bundle.ts';
import { type Daemon, type Json, startDaemon, writeConfig } from './daemon.ts';
import type { Answer } from './http.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { until } from './until.ts';

const SECRETS = 'db/creds: { user: app, password: from-the-file }\nmail/token: text\n';

// Nothing listens there: a mock that asks the store does not answer.
const vault = {
  name: 'vault',
  type: 'vault',
  address: 'http://127.0.0.1:9',
  auth: { method: 'token', token: { env: 'NO_TOKEN' } },
};

async function mock(t: Test, more: Json = {}): Promise<Daemon> {
  const file = await secretsFile(t, SECRETS);
  return startDaemon(t, {
    config: {
      providers: [vault],
      environment: 'staging',
      pathMappings: [{ pattern: 'mail/**', provider: 'vault', mount: 'other', prefix: 'shared' }],
      simulation: { mode: 'mock', file },
      ...more,
    },
  });
}

const change = (daemon: Daemon, method: string, [path, body]: readonly [string, unknown?]): Promise<Answer> =>
  daemon.http().send({
    method,
    path: `/v1/simulation/${path}`,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

async function raw(daemon: Daemon, target: string): Promise<string> {
  const { status, text } = await daemon.http().get(`/v1/secrets/${target}`, { accept: 'text/plain' });
  return status === 200 ? text : String(status);
}

test('a mock stands in for the stores, and says so', async (t) => {
  const daemon = await mock(t);
  const { json, headers } = await daemon.http().get('/v1/secrets/db/creds');
  t.match(json, { provider: 'vault', data: { user: 'app', password: 'from-the-file' } });
  t.match(headers['cache-status'], /^keyfob; fwd=miss; ttl=\d+; simulation=mock$/);
  t.equal(await raw(daemon, 'mail/token'), 'text', 'under the path of its readers');
  const warned = await daemon.logged('this is a simulation');
  t.match(warned, { level: 'warn', mode: 'mock' });
  const status = await daemon.http().get('/v1/status');
  t.match(status.json, { providers: [{ type: 'vault' }], simulation: { mode: 'mock', seed: 1, faults: 0 } });
});

test('a version is added, a stage moved, a secret deleted, and it is seen at once', async (t) => {
  const daemon = await mock(t, { cache: { ttl: '1h' } });
  t.match(await raw(daemon, 'db/creds'), 'from-the-file');
  const put = await change(daemon, 'PUT', ['secrets/db/creds', { value: 'second' }]);
  t.match(put.json, { path: 'db/creds', version: 'mock-v1', stages: ['current'] });
  t.equal(await raw(daemon, 'db/creds'), 'second');
  t.match(await raw(daemon, 'db/creds?stage=previous'), 'from-the-file');
  await change(daemon, 'PUT', ['secrets/db/creds', { value: 'third', stages: ['pending'] }]);
  t.equal(await raw(daemon, 'db/creds'), 'second');
  t.equal(await raw(daemon, 'db/creds?stage=pending'), 'third');
  const moved = await change(daemon, 'PUT', ['secrets/db/creds', { version: 'mock-v2', stages: ['current'] }]);
  t.match(moved.json, { version: 'mock-v2', stages: ['current', 'pending'] });
  t.equal(await raw(daemon, 'db/creds'), 'third');
  const binary = await change(daemon, 'PUT', ['secrets/new', { value: '/w==', encoding: 'base64' }]);
  t.equal(binary.status, 200);
  t.match((await daemon.http().get('/v1/secrets/new')).json, { value: '/w==', encoding: 'base64' });
  t.equal((await change(daemon, 'DELETE', ['secrets/mail/token'])).status, 204);
  t.equal(await raw(daemon, 'mail/token'), '404');
  const list = await daemon.http().get('/v1/secrets');
  t.match(list.json, { secrets: [{ path: 'db/creds' }, { path: 'new' }] });
});

test('what a mock refuses', async (t) => {
  const daemon = await mock(t);
  const refuses = async (method: string, asked: readonly [string, unknown?], code: string): Promise<void> => {
    t.match((await change(daemon, method, asked)).json, { code }, `${method} ${asked[0]}`);
  };
  await refuses('PUT', ['secrets/a//b', { value: 'x' }], 'InvalidPath');
  await refuses('PUT', ['secrets/a', { value: 'x', more: 1 }], 'InvalidBody');
  await refuses('PUT', ['secrets/a', { value: 'x', encoding: 'base64' }], 'InvalidBody');
  await refuses('PUT', ['secrets/a', { value: 'x', stages: ['a b'] }], 'InvalidBody');
  await refuses('PUT', ['secrets/none', { version: '1', stages: ['current'] }], 'SecretDoesNotExist');
  await refuses('PUT', ['secrets/mail/token', { version: '1', stages: ['current'] }], 'VersionNotFound');
  await refuses('DELETE', ['secrets/none'], 'SecretDoesNotExist');
  await refuses('PUT', ['faults', { faults: [{ errorRate: 2 }] }], 'InvalidBody');
  await refuses('PUT', ['faults', { faults: [{ provider: 'valt' }] }], 'InvalidBody');
  await refuses('PUT', ['faults', { faults: [{ path: 'a/**b' }] }], 'InvalidBody');
  await refuses('PUT', ['faults', { faults: [{ outage: { every: '1s', for: '2s' } }] }], 'InvalidBody');
  await refuses('PUT', ['faults', { scenario: 'monday' }], 'InvalidBody');
});

test('faults come and go while it runs, and the log has them', async (t) => {
  const daemon = await mock(t, { cache: { ttl: '0ms' }, retry: { maxAttempts: 1 } });
  t.equal(await raw(daemon, 'mail/token'), 'text');
  const fault = { path: 'mail/**', errorRate: 1, code: 'RateLimited', retryAfter: '7s' };
  const put = await change(daemon, 'PUT', ['faults', { seed: 5, faults: [fault] }]);
  t.strictSame(put.json, { seed: 5, faults: [fault] });
  await change(daemon, 'DELETE', ['log']);
  const answer = await daemon.http().get('/v1/secrets/mail/token?fresh=true');
  t.match([answer.status, answer.headers['retry-after'], answer.json], [429, '7', { code: 'RateLimited' }]);
  t.match(await raw(daemon, 'db/creds'), 'from-the-file', 'a path that it is not about');
  const log = await daemon.http().get('/v1/simulation/log?path=mail/**');
  t.match(log.json, {
    entries: [
      { kind: 'call', operation: 'get', provider: 'vault', id: 'mail/token', code: 'RateLimited' },
      { kind: 'access', operation: 'get', caller: 'anonymous', code: 'RateLimited' },
    ],
  });
  t.match(Object(log.json).entries[0].faults, ['error RateLimited']);
  await change(daemon, 'PUT', ['faults', {}]);
  t.equal(await raw(daemon, 'mail/token'), 'text');
  t.strictSame((await daemon.http().get('/v1/simulation/faults')).json, { seed: 5, faults: [] });
});

test('faults over a real provider; its values stay as they are', async (t) => {
  const file = await secretsFile(t, SECRETS);
  const simulation = { faults: [{ rotateEvery: '100ms' }] };
  const config = localConfig(file, { cache: { ttl: '0ms' }, simulation });
  const daemon = await startDaemon(t, { config });
  const version = async (): Promise<string> => Object((await daemon.http().get('/v1/secrets/mail/token')).json).version;
  t.match(await until('it was rotated', async () => /\.r\d+$/.exec(await version())?.[0]), /\.r/);
  t.equal(await raw(daemon, 'mail/token'), 'text');
  t.match(await raw(daemon, 'mail/token?stage=previous'), 'text');
  t.match((await change(daemon, 'PUT', ['secrets/a', { value: 'x' }])).json, { code: 'RouteNotFound' });
  t.match((await daemon.http().get('/v1/metadata/mail/token')).json, { currentVersion: /\.r\d+$/ });
  t.match((await daemon.http().get('/v1/versions/mail/token')).json, { versions: [{}, { stages: ['previous'] }] });
});

test('a dry run says what it would ask, and asks nothing', async (t) => {
  const daemon = await startDaemon(t, {
    config: { providers: [vault], environment: 'staging', simulation: { mode: 'dry-run' } },
  });
  const { status, json } = await daemon.http().get('/v1/secrets/db/creds');
  t.match([status, json], [501, { code: 'DryRun', detail: /'vault' would be asked for .* 'staging\/db\/creds'/ }]);
  for (const target of ['secrets', 'metadata/a', 'versions/a'])
    t.match((await daemon.http().get(`/v1/${target}`)).json, { code: 'DryRun' }, target);
  const decided = await daemon.logged('dry run: decided');
  t.match(decided, { operation: 'get', secret_path: 'db/creds', policy: 'allowed', route: 'vault', cache: 'none' });
  await daemon.logged("dry run: provider 'vault' would be asked for");
  const log = await daemon.http().get('/v1/simulation/log?kind=call&operation=get');
  t.match(log.json, { entries: [{ path: 'db/creds', id: 'staging/db/creds', code: 'DryRun' }] });
});

test('without a simulation its routes do not exist', async (t) => {
  const daemon = await startDaemon(t, { config: localConfig(await secretsFile(t, SECRETS)) });
  for (const [method, path] of [
    ['GET', 'log'],
    ['DELETE', 'log'],
    ['GET', 'faults'],
    ['PUT', 'faults'],
    ['PUT', 'secrets/a'],
    ['DELETE', 'secrets/a'],
  ] as const) {
    const { status, json } = await daemon.http().send({ method, path: `/v1/simulation/${path}` });
    t.match([status, json], [404, { code: 'RouteNotFound' }], `${method} ${path}`);
  }
});

test('in production it needs a confirmation, and whoever reads its log a permission', async (t) => {
  const file = join(await temporaryDirectory(t), 'keyfob.yaml');
  const config = localConfig(await secretsFile(t, SECRETS), { environment: 'eu/prod-1', simulation: { mode: 'mock' } });
  await writeConfig(file, config);
  const refused = await runBundle(['check', '--config', file]);
  t.equal(refused.code, 2);
  t.match(refused.stderr, "'simulation.allowInProduction' must be true");
  await writeFile(file, JSON.stringify({ ...config, simulation: { mode: 'mock', allowInProduction: true } }));
  t.equal((await runBundle(['check', '--config', file])).code, 0);
  const daemon = await mock(t, { access: { callers: [{ name: 'anonymous', operations: ['get'] }] } });
  t.match((await daemon.http().get('/v1/simulation/log')).json, { code: 'PolicyDenied' });
});
