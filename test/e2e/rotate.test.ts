import { type Test, test } from 'tap';
import { type Daemon, type Json, startDaemon } from './daemon.ts';
import type { Answer } from './http.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { until } from './until.ts';
import { vaultConfig, vaultEnv, vaultStore } from './vault-store.ts';

const OPERATOR = { access: { callers: [{ name: 'anonymous', operations: ['get', 'list', 'describe', 'rotate'] }] } };

const rotate = (daemon: Daemon, path: string): Promise<Answer> =>
  daemon.http().send({ method: 'POST', path: `/v1/rotate/${path}` });

async function startBoth(t: Test, more: Json = {}): Promise<Daemon> {
  const vault = await vaultStore(t, { a: '{"k":"v"}' });
  const { providers: [vaultProvider] = [] } = Object(vaultConfig(vault.address));
  const { providers: [files] = [] } = Object(localConfig(await secretsFile(t, 'a: value\n')));
  const config = { providers: [files, vaultProvider], defaultProvider: 'files', ...more };
  return startDaemon(t, { config, env: vaultEnv });
}

test('nobody rotates who may not', async (t) => {
  const daemon = await startBoth(t);
  for (const path of ['a', 'no/such/secret', 'a?provider=vault']) {
    const { status, json } = await rotate(daemon, path);
    t.match([status, json], [403, { status: 403, error: 'CallerError', code: 'PolicyDenied', retryable: false }], path);
    t.notMatch(JSON.stringify(json), /exist/, 'it does not tell whether there is such a secret');
  }
  const lines = await until('the audit has them', () => {
    const found = daemon.audit.filter(({ operation }) => operation === 'rotate');
    return found.length === 3 ? found : undefined;
  });
  t.match(lines[0], { secret_path: 'a', caller_identity: 'anonymous', success: false });
});

test('a store that cannot rotate says so, and the value stays', async (t) => {
  const daemon = await startBoth(t, OPERATOR);
  for (const provider of ['files', 'vault']) {
    const query = `?provider=${provider}`;
    await daemon.http().get(`/v1/secrets/a${query}`);
    const { status, json } = await rotate(daemon, `a${query}`);
    const problem = { status: 422, error: 'RotationError', code: 'RotationNotConfigured', retryable: false, provider };
    t.match([status, json], [422, problem]);
    t.match((await daemon.http().get(`/v1/secrets/a${query}`)).headers['cache-status'], /; hit;/, provider);
  }
});

test('what is asked wrongly', async (t) => {
  const daemon = await startBoth(t, OPERATOR);
  t.match((await rotate(daemon, '../a')).json, { status: 400, code: 'InvalidPath' });
  t.match((await rotate(daemon, 'a?provider=nobody')).json, { status: 400, code: 'InvalidProvider' });
  t.match((await rotate(daemon, 'a?force=true')).json, { status: 400, code: 'UnknownParameter' });
  const wrong = await daemon.http().get('/v1/rotate/a');
  t.match([wrong.status, wrong.headers.allow], [405, /POST/]);
});

test('after a new version the old one is at hand as previous for a while, without a call', async (t) => {
  const vault = await vaultStore(t, { a: '{"k":"first"}' });
  const config = vaultConfig(vault.address, { cache: { gracePeriod: '2s' } });
  const daemon = await startDaemon(t, { config, env: vaultEnv });
  const read = (query: string): Promise<Answer> => daemon.http().get(`/v1/secrets/a?${query}`);
  t.match((await read('')).json, { version: '1' });
  vault.setSecret('a', '{"k":"second"}');
  await until(
    'the new version is noticed',
    async () => Object((await read('fresh=true')).json).version === '2' || undefined,
  );
  const asked = vault.requests.length;
  const previous = await read('stage=previous');
  t.match(previous.json, { value: '{"k":"first"}', version: '1', stages: ['previous'] });
  t.match(previous.headers['cache-status'], /^keyfob; hit; ttl=[0-2]$/);
  t.equal((await read('stage=previous&key=k&format=raw')).text, 'first');
  t.match((await read('')).json, { value: '{"k":"second"}', version: '2' });
  t.equal(vault.requests.length, asked, 'without a call');
  t.match((await daemon.http().get('/metrics')).text, /^secrets_rotations_detected_total\{provider="vault"\} 1$/m);
  t.match(await daemon.logged('secret rotated'), { secret_path: 'a', version: '2', previous_version: '1' });

  await until('the grace period is over', async () => {
    const answer = await read('stage=previous');
    return String(answer.headers['cache-status']).includes('fwd=miss') ? answer : undefined;
  });
  t.ok(vault.requests.length > asked, 'then the store is asked which one that is');

  vault.setSecret('a', '{"k":"third"}');
  await until('another one', async () => Object((await read('fresh=true')).json).version === '3' || undefined);
  t.match((await read('stage=previous')).json, { value: '{"k":"second"}', version: '2' }, 'always the one before');
});
