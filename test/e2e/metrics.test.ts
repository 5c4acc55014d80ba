import { test } from 'tap';
import { startDaemon } from './daemon.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { shopSecrets } from './shop-secrets.ts';
import { vaultEnv, vaultStore, vaultConfig } from './vault-store.ts';

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

function parseMetrics(text: string): readonly Sample[] {
  return [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', labels = '', value]) => ({
    name,
    labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', text = '']) => [key, text])),
    value: Number(value),
  }));
}

/** Specification §1.8.2 and design §8; names without the endings of a histogram. */
const LABELS: Readonly<Record<string, readonly string[]>> = {
  secrets_requests_total: ['operation', 'provider', 'status'],
  secrets_request_duration_seconds: ['operation', 'provider'],
  secrets_errors_total: ['error_type', 'provider'],
  secrets_cache_hits_total: ['provider'],
  secrets_cache_misses_total: ['provider'],
  secrets_cache_size: ['provider'],
  secrets_cache_evictions_total: ['provider', 'reason'],
  secrets_provider_calls_total: ['call', 'provider', 'status'],
  secrets_circuit_breaker_state: ['provider', 'state'],
  secrets_identity_expiry_seconds: ['provider'],
};

test('names, labels and counts', async (t) => {
  const vault = await vaultStore(t, { 'app/db': '{"k":"v"}' });
  vault.loginToken = { ttl: 3600, renewable: true };
  const local = localConfig(await secretsFile(t, shopSecrets));
  const auth = { method: 'approle', roleId: { env: 'ROLE' }, secretId: { env: 'SECRET' } };
  const config = {
    providers: [...[local['providers']].flat(), { name: 'vault', type: 'vault', address: vault.address, auth }],
    defaultProvider: 'files',
    cache: { maxEntries: 2 },
    access: { callers: [{ name: 'anonymous', operations: ['get', 'list', 'describe', 'resolve', 'invalidate'] }] },
  };
  const env = { ROLE: vault.approle.roleId, SECRET: vault.approle.secretId };
  const daemon = await startDaemon(t, { config, env });
  const http = daemon.http();
  for (const path of ['db/creds', 'db/creds', 'nothing', 'app/db?provider=vault', 'a//b', 'mail/token', 'db/replica'])
    await http.get(`/v1/secrets/${path}`);
  await http.get('/v1/secrets?prefix=db');
  await http.get('/v1/metadata/db/creds');
  await http.get('/v1/versions/db/creds');
  await http.post('/v1/resolve', { text: '{{secret:db/replica}}' });
  await http.send({ method: 'DELETE', path: '/v1/cache?prefix=' });
  await http.get('/v1/secrets/db/creds');
  const { text, headers } = await http.get('/metrics');
  t.match(headers['content-type'], /^text\/plain; version=0\.0\.4/);
  const samples = parseMetrics(text);

  for (const [name, labels] of Object.entries(LABELS)) {
    const found = samples.filter((sample) => sample.name.replace(/_(?:sum|count|bucket)$/, '') === name);
    t.ok(found.length > 0, name);
    for (const sample of found)
      t.strictSame(
        Object.keys(sample.labels)
          .filter((label) => label !== 'le')
          .toSorted(),
        labels,
        name,
      );
  }
  const valueOf = (name: string, labels: Sample['labels']): number | undefined =>
    samples.find((sample) => sample.name === name && isEqual(sample.labels, labels))?.value;
  const files = { provider: 'files' };
  t.equal(valueOf('secrets_requests_total', { ...files, operation: 'get', status: 'success' }), 5);
  t.equal(valueOf('secrets_requests_total', { ...files, operation: 'get', status: 'error' }), 1);
  t.equal(valueOf('secrets_requests_total', { ...files, operation: 'resolve', status: 'success' }), 1);
  t.equal(valueOf('secrets_requests_total', { provider: 'none', operation: 'get', status: 'error' }), 1);
  t.equal(valueOf('secrets_request_duration_seconds_count', { ...files, operation: 'list' }), 1);
  t.equal(valueOf('secrets_errors_total', { ...files, error_type: 'SecretNotFoundError' }), 1);
  t.equal(valueOf('secrets_errors_total', { provider: 'none', error_type: 'RequestError' }), 1);
  t.equal(valueOf('secrets_cache_hits_total', files), 2);
  t.equal(valueOf('secrets_cache_size', files), 1);
  t.equal(valueOf('secrets_provider_calls_total', { ...files, call: 'get', status: 'SecretDoesNotExist' }), 1);
  t.equal(valueOf('secrets_provider_calls_total', { ...files, call: 'versions', status: 'success' }), 1);
  // The login, and the look at the kind of the mount.
  t.equal(valueOf('secrets_provider_calls_total', { provider: 'vault', call: 'identity', status: 'success' }), 2);
  t.equal(valueOf('secrets_circuit_breaker_state', { provider: 'vault', state: 'closed' }), 1);
  t.ok(Number(valueOf('secrets_identity_expiry_seconds', { provider: 'vault' })) > 3_000);
  t.ok(Number(valueOf('secrets_cache_evictions_total', { ...files, reason: 'space' })) >= 1);
  t.ok(Number(valueOf('secrets_cache_evictions_total', { ...files, reason: 'invalidated' })) >= 1);
  t.ok(samples.some(({ name }) => name === 'nodejs_eventloop_lag_seconds'));
  t.ok(samples.some(({ name }) => name === 'process_resident_memory_bytes'));
  t.notMatch(text, /db\/creds|mail\/token|app\/db|nothing/, 'no path');
});

function isEqual(a: Sample['labels'], b: Sample['labels']): boolean {
  const names = Object.keys(b);
  return names.length === Object.keys(a).length && names.every((name) => a[name] === b[name]);
}

test('throttling is seen in the calls, large values in their own', async (t) => {
  const vault = await vaultStore(t, { large: JSON.stringify({ k: 'x'.repeat(70_000) }) });
  const daemon = await startDaemon(t, { config: vaultConfig(vault.address), env: vaultEnv });
  await daemon.http().get('/v1/secrets/large');
  vault.fault = () => ({ status: 429, text: '{"errors":["slow down"]}', headers: { 'retry-after': '60' } });
  await daemon.http().get('/v1/secrets/other');
  const { text } = await daemon.http().get('/metrics');
  t.match(text, 'secrets_provider_calls_total{provider="vault",call="get",status="RateLimited"} 1\n');
  t.match(text, 'secrets_large_values_total{provider="vault"} 1\n');
});
