import { once } from 'node:events';
import { createServer } from 'node:https';
import { readFile } from 'node:fs/promises';
import { type Test, test } from 'tap';
import { type Fault, faults } from '../fakes/fake-vault.ts';
import { makeCertificate } from '../fakes/make-certificate.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { until } from './until.ts';
import { vaultConfig, vaultEnv, vaultStore } from './vault-store.ts';

const NEVER_OPEN = { circuitBreaker: { failureThreshold: 1000 } };

async function refuses(
  t: Test,
  daemon: Daemon,
  [path, status, code]: readonly [string, number, string],
): Promise<void> {
  const { json, headers } = await daemon.http().get(`/v1/secrets/${path}`);
  t.match(json, { status, code, provider: 'vault' }, `${path} ${JSON.stringify(json)}`);
  t.equal(headers['retry-after'] !== undefined, status === 503 || status === 429);
}

/** The breaker's state, as status and metrics tell it. */
async function breaker(t: Test, daemon: Daemon): Promise<string> {
  const [status, metrics] = await Promise.all([daemon.http().get('/v1/status'), daemon.http().get('/metrics')]);
  const { breaker: state } = Object(status.json).providers[0];
  const shown = /secrets_circuit_breaker_state\{provider="vault",state="(\w+)"\} 1\n/.exec(metrics.text)?.[1];
  t.equal(shown, state);
  return state;
}

test('what was read before is served on, and marked', async (t) => {
  const vault = await vaultStore(t, { a: '{"k":"v"}' });
  const config = vaultConfig(vault.address, { cache: { ttl: '200ms' }, ...NEVER_OPEN });
  const daemon = await startDaemon(t, { config, env: vaultEnv });
  const read = (query = ''): ReturnType<ReturnType<Daemon['http']>['get']> =>
    daemon.http().get(`/v1/secrets/a${query}`);
  t.match((await read()).headers['cache-status'], /fwd=miss/);
  vault.fault = () => 'reset';
  const stale = await until('the value is stale', async () => {
    const answer = await read();
    t.match(answer.json, { value: '{"k":"v"}' });
    return answer.headers['cache-status']?.includes('fwd=stale') === true ? answer : undefined;
  });
  t.match(stale.headers['cache-status'], /^keyfob; fwd=stale; ttl=-\d+; detail=stale-if-error$/);
  await until('it ages', async () => Number((await read()).headers.age) >= 1 || undefined);
  t.match((await read('?fresh=true')).json, { status: 502, code: 'ConnectionFailed' }, 'fresh is never stale');
  t.equal((await daemon.http().get('/readyz')).status, 200);
  const { text } = await daemon.http().get('/metrics');
  t.match(text, /^secrets_stale_served_total\{provider="vault"\} [1-9]/m);

  vault.fault = () => undefined;
  vault.setSecret('a', '{"k":"new"}');
  await until('the store answers again', async () => (await read('?key=k&format=raw')).text === 'new' || undefined);
});

test('each failure has its status and code', async (t) => {
  const vault = await vaultStore(t, { refused: '{"k":"v"}' });
  const daemon = await startDaemon(t, { config: vaultConfig(vault.address, NEVER_OPEN), env: vaultEnv });
  const cases: Readonly<Record<string, readonly [Fault, number, string]>> = {
    reset: [() => 'reset', 502, 'ConnectionFailed'],
    hang: [() => 'hang', 504, 'Timeout'],
    sealed: [faults.sealed, 503, 'ProviderUnavailable'],
    standby: [faults.standby, 503, 'ProviderUnavailable'],
    throttled: [faults.throttled, 429, 'RateLimited'],
    inside: [faults.inside, 502, 'InternalError'],
    proxy: [faults.proxy(403), 503, 'ProviderUnavailable'],
  };
  for (const [path, [fault, status, code]] of Object.entries(cases)) {
    vault.fault = (request) => (request.path === `secret/data/${path}` ? fault(request) : undefined);
    await refuses(t, daemon, [path, status, code]);
  }
  vault.fault = faults.throttled;
  t.equal((await daemon.http().get('/v1/secrets/throttled')).headers['retry-after'], '7');
  vault.fault = () => undefined;
  vault.denied.add('refused');
  await refuses(t, daemon, ['refused', 403, 'AccessDenied']);
  await refuses(t, daemon, ['nothing', 404, 'SecretDoesNotExist']);
});

test('a token that was revoked', async (t) => {
  const vault = await vaultStore(t, { a: '{"k":"v"}' });
  const daemon = await startDaemon(t, { config: vaultConfig(vault.address, NEVER_OPEN), env: vaultEnv });
  vault.tokens.clear();
  await refuses(t, daemon, ['a', 502, 'ExpiredCredentials']);
  t.match((await daemon.http().get('/v1/status')).json, {
    providers: [{ lastError: { error: 'AuthenticationError', code: 'ExpiredCredentials' } }],
  });
});

test('a token of AppRole that was revoked is replaced', async (t) => {
  const vault = await vaultStore(t, { a: '{"k":"v"}' });
  const auth = { method: 'approle', roleId: { env: 'ROLE' }, secretId: { env: 'SECRET' } };
  const providers = [{ name: 'vault', type: 'vault', address: vault.address, auth }];
  const env = { ROLE: vault.approle.roleId, SECRET: vault.approle.secretId };
  const daemon = await startDaemon(t, { config: { providers }, env });
  vault.tokens.clear();
  t.equal((await daemon.http().get('/v1/secrets/a?key=k&format=raw')).text, 'v');
  t.equal(vault.count('auth/approle/login'), 2);
  t.equal(vault.tokens.size, 1);
  t.equal((await daemon.stop()).code, 0);
  t.equal(vault.tokens.size, 0, 'the last token was given back');
});

test('a store that is not there when the daemon starts', async (t) => {
  const config = vaultConfig('http://127.0.0.1:1', NEVER_OPEN);
  const daemon = await startDaemon(t, { config, env: vaultEnv });
  await refuses(t, daemon, ['a', 502, 'ConnectionFailed']);
  t.equal((await daemon.http().get('/readyz')).status, 200);
});

test('a certificate of an unknown authority', async (t) => {
  const files = await makeCertificate(await temporaryDirectory(t), 'vault', 'IP:127.0.0.1');
  const server = createServer({ key: await readFile(files.key), cert: await readFile(files.cert) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const address = server.address();
  const url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const daemon = await startDaemon(t, { config: vaultConfig(url, NEVER_OPEN), env: vaultEnv });
  await refuses(t, daemon, ['a', 502, 'TlsError']);
  t.notMatch(daemon.stderr, url);
});

test('after failures in a row the store is left alone, and tried again', async (t) => {
  const names = Array.from({ length: 40 }, (_, index) => `s${index}`);
  const vault = await vaultStore(t, Object.fromEntries(names.map((name) => [name, '{"k":"v"}'])));
  const config = vaultConfig(vault.address, { circuitBreaker: { failureThreshold: 3, resetTimeout: '3s' } });
  const daemon = await startDaemon(t, { config, env: vaultEnv });
  t.equal(await breaker(t, daemon), 'closed');
  vault.fault = faults.sealed;
  for (const name of ['x', 'y', 'z']) await refuses(t, daemon, [name, 503, 'ProviderUnavailable']);
  t.equal(await breaker(t, daemon), 'open');
  const asked = vault.requests.length;
  const { json } = await daemon.http().get('/v1/secrets/s0');
  t.match(json, { status: 503, code: 'ProviderUnavailable', detail: /pause/ });
  t.equal(vault.requests.length, asked, 'without a call');
  t.equal((await daemon.http().get('/readyz')).status, 200);
  vault.fault = () => undefined;
  let reads = 0;
  await until('the breaker closes', async () => {
    await daemon.http().get(`/v1/secrets/${names[reads++ % names.length]}`);
    return (await breaker(t, daemon)) === 'closed' || undefined;
  });
  const states = daemon.log.filter(({ msg }) => msg === 'circuit breaker changed its state').map(({ state }) => state);
  t.strictSame(states, ['open', 'half_open', 'closed']);
});
