import { test } from 'tap';
import { startDaemon } from './daemon.ts';
import { openGate } from './gate.ts';
import { open } from './raw.ts';
import { until } from './until.ts';
import { vaultConfig, vaultEnv, vaultStore } from './vault-store.ts';

const READERS = 1_000;

test('a thousand readers of a cold secret are one call to the store', async (t) => {
  const vault = await vaultStore(t, { 'app/db': '{"password":"value"}' });
  const gate = await openGate(t, vault.address);
  const { providers } = vaultConfig(gate.address);
  const [provider] = Array.isArray(providers) ? providers : [];
  const patient = [{ ...provider, attemptTimeout: '10s' }];
  const daemon = await startDaemon(t, { config: vaultConfig(gate.address, { providers: patient }), env: vaultEnv });
  const http = daemon.http();
  gate.shut();
  const reading = Array.from({ length: READERS }, () => http.get('/v1/secrets/app/db?key=password&format=raw'));
  await vault.seen('secret/data/', 1);
  await until('every reader waits', async () => {
    const misses = /^secrets_cache_misses_total\{provider="vault"\} (\d+)$/m.exec((await http.get('/metrics')).text);
    return Number(misses?.[1]) === READERS || undefined;
  });
  gate.open();
  const answers = await Promise.all(reading);
  t.ok(answers.every(({ status, text }) => status === 200 && text === 'value'));
  t.equal(vault.count('secret/data/'), 1);
  t.match(
    (await http.get('/metrics')).text,
    'secrets_provider_calls_total{provider="vault",call="get",status="success"} 1\n',
  );
});

test('a failure is one call for all who wait, and a client that leaves takes nobody with it', async (t) => {
  const vault = await vaultStore(t, { a: '{"k":"v"}' });
  const gate = await openGate(t, vault.address);
  const daemon = await startDaemon(t, { config: vaultConfig(gate.address), env: vaultEnv });
  const http = daemon.http();
  vault.fault = ({ path }) => (path === 'secret/data/a' ? 'reset' : undefined);
  const failed = await Promise.all(Array.from({ length: 50 }, () => http.get('/v1/secrets/a')));
  t.ok(failed.every(({ status }) => status === 502));
  t.ok(vault.count('secret/data/') < 50);
  vault.fault = () => undefined;

  gate.shut();
  const impatient = await open(daemon.address());
  impatient.write('GET /v1/secrets/a HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const before = vault.count('secret/data/');
  await vault.seen('secret/data/', before + 1);
  const patient = http.get('/v1/secrets/a?key=k&format=raw');
  impatient.destroy();
  gate.open();
  t.equal((await patient).text, 'v');
});
