import { test } from 'tap';
import { ConfigProblems } from '../../src/config/config-problems.ts';
import { objectConfig } from '../../src/config/load-config.ts';
import type { Config } from '../../src/config/config.ts';
import { toSettings } from '../../src/library/to-settings.ts';
import { providerKinds } from '../../src/providers/registry.ts';

const files = { type: 'local', path: 'secrets.yaml' };
const configOf = (config: object): Config => objectConfig(toSettings(config), providerKinds).config;

function problemsOf(config: object): readonly string[] {
  try {
    configOf(config);
  } catch (error) {
    if (error instanceof ConfigProblems) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

test('the configuration of the specification is one of ours', (t) => {
  const config = configOf({
    providers: [files, { type: 'vault', address: 'https://vault.internal', auth: { method: 'token', token: 'x' } }],
    defaultProvider: 'vault',
    cache: { ttl: 60_000, refreshAhead: 5_000, maxEntries: 10, negativeTtl: 1_000, staleFallback: false },
    retry: { maxAttempts: 2 },
    circuitBreaker: { failureThreshold: 3 },
    auditEnabled: true,
    pathMappings: [{ pattern: 'app/**', provider: 'local' }],
  });
  t.match(config, {
    defaultProvider: 'vault',
    providers: [{ name: 'local' }, { name: 'vault' }],
    cache: { ttlMs: 60_000, refreshAheadMs: 5_000, maxEntries: 10, negativeTtlMs: 1_000, staleFallback: false },
    retry: { maxAttempts: 2 },
    circuitBreaker: { failureThreshold: 3 },
    audit: { enabled: true, sink: 'stdout' },
    pathMappings: [{ providers: ['local'] }],
  });
  t.end();
});

test('a configuration of the daemon is taken as it is', (t) => {
  const config = configOf({
    listen: ['unix:/run/keyfob.sock', { address: '127.0.0.1:8201', caller: 'web' }],
    drain: '5s',
    access: { mode: 'token', callers: [{ name: 'web', token: { file: '/run/token' }, operations: ['get'] }] },
    providers: [{ name: 'files', ...files }],
    cache: { ttl: '2m' },
    audit: { sink: '/var/log/audit' },
    log: { level: 'warn' },
  });
  t.match(config, {
    providers: [{ name: 'files' }],
    cache: { ttlMs: 120_000 },
    audit: { enabled: true, sink: '/var/log/audit' },
    log: { level: 'warn' },
  });
  t.ok(config.access.callers[0]?.operations.includes('rotate'), 'nobody asks but the program itself');
  t.end();
});

test('neither audit nor log unless they are asked for', (t) => {
  t.match(configOf({ providers: [files] }), { audit: { enabled: false }, log: { level: 'silent' } });
  t.match(configOf({ providers: [files], auditEnabled: false }), { audit: { enabled: false } });
  const file = configOf({ providers: [files], auditEnabled: true, audit: { sink: 'f' } });
  t.match(file, { audit: { enabled: true, sink: 'f' } });
  t.end();
});

test('the object that was given stays as it is, and undefined counts as left out', (t) => {
  const given = Object.freeze({ providers: [Object.freeze({ ...files })], environment: undefined });
  t.match(configOf(given), { providers: [{ name: 'local' }] });
  t.same(given.providers, [files]);
  t.end();
});

test('what is wrong is reported all at once, with the nearest key', (t) => {
  const wrong = { providers: [{ type: 'local', pth: 'x' }, 7], cahce: {}, auditEnabled: 'yes' };
  t.same(problemsOf(wrong), [
    "unknown key 'cahce', did you mean 'cache'?",
    "'providers[1]' must be a mapping",
    "'audit.enabled' must be true or false",
    "'providers[0].path' is missing",
    "unknown key 'providers[0].pth', did you mean 'providers[0].path'?",
    "'defaultProvider' is missing, and there is more than one provider",
  ]);
  t.same(problemsOf({}), ["'providers' is missing"]);
  t.equal(problemsOf({ providers: 'x', audit: 'stdout' }).length, 2);
  t.equal(problemsOf([]).length, 1);
  t.end();
});
