import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import type { SecretProvider } from '../../src/core/provider.ts';
import { vaultProvider } from '../../src/providers/vault/provider.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { call, fails } from '../providers/vault/vault-rig.ts';
import { until } from '../e2e/until.ts';
import { createApprole, writePolicy } from './approle.ts';
import { openBaoTest } from './backend-test.ts';
import { startOpenBao, type OpenBao, type OpenBaoOptions } from './openbao.ts';

const UNAVAILABLE = 'ProviderError/ProviderUnavailable';
const VALUE = '{"password":"canary-of-bad-days"}';
const POLICY = 'path "secret/data/app/*" { capabilities = ["read"] }';

/** A server with one secret and the policy `app`. */
async function startServer(t: Test, options: OpenBaoOptions = {}): Promise<OpenBao> {
  const bao = await startOpenBao(options);
  t.teardown(() => bao.stop());
  await writePolicy(bao, 'app', POLICY);
  // A new engine refuses calls for a moment.
  while ((await bao.ask('secret/data/app/db', `{"data":${VALUE}}`)).status !== 200) await sleep(10);
  return bao;
}

// Searched for leaks at the end.
const logs: RecordingLog[] = [];

interface Started {
  readonly provider: SecretProvider;
  readonly log: RecordingLog;
  readonly identityCalls: readonly string[];
}

async function start(t: Test, bao: OpenBao, options: object): Promise<Started> {
  const log = new RecordingLog();
  const identityCalls: string[] = [];
  const provider = vaultProvider.create(
    'bao',
    { address: bao.address, mount: 'secret', kvVersion: 2, revokeOnShutdown: true, insecure: false, ...options },
    { clock: systemClock, log, recordIdentityCall: (status) => identityCalls.push(status) },
  );
  logs.push(log);
  t.teardown(() => provider.close());
  await provider.start(() => undefined);
  return { provider, log, identityCalls };
}

const get = (provider: SecretProvider, path = 'app/db') => provider.get(provider.locate(path, {}), call);

async function createToken(bao: OpenBao, ttl: string): Promise<string> {
  const { auth } = await bao.call('auth/token/create', { policies: ['app'], ttl, renewable: false });
  return auth.client_token;
}

await openBaoTest('a wrong address', async (t) => {
  const bao = await startServer(t);
  await bao.stop();
  const { provider, log } = await start(t, bao, { auth: { method: 'token', token: 'root-token' } });
  t.match(log.messages('error'), [/refused the connection/]);
  await fails(t, get(provider), 'NetworkError/ConnectionFailed');
  await fails(t, provider.health(call), 'NetworkError/ConnectionFailed');
});

await openBaoTest('a store that is sealed, and unsealed again', async (t) => {
  const bao = await startServer(t, { mode: 'sealable' });
  const auth = await createApprole(bao, 'web', { policies: ['app'] });
  const early = await start(t, bao, { auth });
  await get(early.provider);
  await bao.seal();
  t.match((await fails(t, get(early.provider), UNAVAILABLE)).message, 'sealed');
  t.match((await fails(t, early.provider.health(call), UNAVAILABLE)).message, 'sealed');
  const late = await start(t, bao, { auth });
  t.match(late.log.messages('error'), [/^the store is sealed/]);
  await fails(t, get(late.provider), UNAVAILABLE);
  await bao.unseal();
  // The node becomes active a moment after it is unsealed.
  while ((await bao.ask('sys/health')).status !== 200) await sleep(20);
  t.equal((await get(early.provider)).value.expose(), VALUE);
  // The failed login is tried again within a second.
  const secret = await until('the late one logs in', () => get(late.provider).catch(() => undefined));
  t.equal(secret.value.expose(), VALUE);
});

await openBaoTest('tokens that end', async (t) => {
  const bao = await startServer(t);

  await t.test('a given token that expires', async (t) => {
    const { provider } = await start(t, bao, { auth: { method: 'token', token: await createToken(bao, '1s') } });
    await get(provider);
    await sleep(1_300);
    await fails(t, get(provider), 'AuthenticationError/ExpiredCredentials');
  });

  await t.test('a given token that is revoked', async (t) => {
    const token = await createToken(bao, '1h');
    const { provider } = await start(t, bao, { auth: { method: 'token', token } });
    await get(provider);
    await bao.call('auth/token/revoke', { token });
    await fails(t, get(provider), 'AuthenticationError/ExpiredCredentials');
    await fails(t, provider.health(call), 'AuthenticationError/ExpiredCredentials');
  });

  await t.test('an AppRole token that is revoked: a new login, and no reader notices', async (t) => {
    const { provider, identityCalls } = await start(t, bao, {
      auth: await createApprole(bao, 'a', { policies: ['app'] }),
    });
    await bao.call('sys/leases/revoke-prefix/auth/approle/login', {});
    await Promise.all(Array.from({ length: 20 }, () => get(provider)));
    t.same(identityCalls, ['success', 'ExpiredCredentials', 'success'], 'login, look-up, login');
  });

  await t.test('a wrong secret id', async (t) => {
    const auth = { ...(await createApprole(bao, 'b', { policies: ['app'] })), secretId: 'canary' };
    const { provider, log } = await start(t, bao, { auth });
    t.match(log.messages('error'), [/does not accept the credentials/]);
    await fails(t, get(provider), 'AuthenticationError/InvalidCredentials');
  });

  await t.test('a login that is not mounted', async (t) => {
    const auth = { ...(await createApprole(bao, 'c', { policies: ['app'] })), mount: 'elsewhere' };
    // OpenBao does not tell it from wrong credentials.
    const error = await fails(
      t,
      get((await start(t, bao, { auth })).provider),
      'AuthenticationError/InvalidCredentials',
    );
    t.match(error.message, /mount/);
  });

  await t.test('fifty first reads share one login, and the token is given back at the end', async (t) => {
    const auth = await createApprole(bao, 'd', { policies: ['app'] });
    const { provider, identityCalls } = await start(t, bao, { auth });
    await bao.call('sys/leases/revoke-prefix/auth/approle/login', {});
    await Promise.all(Array.from({ length: 50 }, () => get(provider)));
    t.equal(identityCalls.filter((status) => status === 'success').length, 2, 'one at the start, one after');
    const count = async (): Promise<number> => (await bao.call('auth/token/accessors?list=true')).data.keys.length;
    const before = await count();
    await provider.close();
    t.equal(await count(), before - 1);
  });
});

await openBaoTest('refusals and wrong settings', async (t) => {
  const bao = await startServer(t);
  const auth = { method: 'token', token: await createToken(bao, '1h') };

  await t.test('a policy that refuses', async (t) => {
    const { provider } = await start(t, bao, { auth });
    await fails(t, get(provider, 'other/db'), 'AccessError/AccessDenied');
    await fails(t, provider.list({ prefix: '', tags: {}, limit: 1 }, call), 'AccessError/AccessDenied');
    await provider.health(call);
  });

  await t.test('a mount, a namespace and an engine that are not there', async (t) => {
    const root = { method: 'token', token: bao.rootToken };
    await fails(t, get((await start(t, bao, { auth: root, mount: 'nowhere' })).provider), UNAVAILABLE);
    await fails(t, get((await start(t, bao, { auth: root, namespace: 'nowhere' })).provider), UNAVAILABLE);
    const tooLong = await start(t, bao, { auth: root, mount: 'secret/app' });
    await fails(t, get(tooLong.provider), 'ConfigurationError/InvalidPathPattern');
  });

  await t.test('a rate limit', async (t) => {
    const { provider } = await start(t, bao, { auth });
    await bao.call('sys/quotas/config', { enable_rate_limit_response_headers: true });
    await bao.call('sys/quotas/rate-limit/tight', { rate: 1, path: 'secret/' });
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => get(provider)));
    await bao.call('sys/quotas/rate-limit/tight', undefined, 'DELETE');
    const refused = outcomes.find((outcome) => outcome.status === 'rejected');
    t.match(refused?.reason, { category: 'ProviderError', code: 'RateLimited', details: { retryAfterMs: Number } });
  });

  await t.test('the namespace that is there', async (t) => {
    await bao.call('sys/namespaces/team-a', {});
    const { provider } = await start(t, bao, { auth: { method: 'token', token: bao.rootToken }, namespace: 'team-a' });
    await bao.call('team-a/sys/mounts/secret', { type: 'kv', options: { version: '2' } });
    while ((await bao.ask('team-a/secret/data/ns', '{"data":{"in":"team-a"}}')).status !== 200) await sleep(10);
    t.equal((await get(provider, 'ns')).value.expose(), '{"in":"team-a"}');
    await provider.health(call);
  });
});

await openBaoTest('TLS', async (t) => {
  const bao = await startServer(t, { mode: 'tls' });
  const auth = { method: 'token', token: bao.rootToken };
  const unknown = await start(t, bao, { auth });
  t.match((await fails(t, get(unknown.provider), 'NetworkError/TlsError')).message, /unknown authority/);
  const known = await start(t, bao, { auth, tls: { ca: bao.caFile } });
  t.equal((await get(known.provider)).value.expose(), VALUE);
  const plain = await start(t, bao, { auth, address: bao.address.replace('https', 'http') });
  await fails(t, get(plain.provider), 'NetworkError/TlsError');
});

await openBaoTest('a token lives on by renewal, and past its maximum by a new login', async (t) => {
  const bao = await startServer(t);
  const auth = await createApprole(bao, 'short', { policies: ['app'], ttl: '3s', maxTtl: '6s' });
  const { provider, identityCalls, log } = await start(t, bao, { auth });
  const accessors = async (): Promise<string[]> => (await bao.call('auth/token/accessors?list=true')).data.keys;
  const first = await accessors();
  await sleep(3_600);
  t.same(await accessors(), first, 'the same token beyond its first lease');
  t.same(identityCalls, ['success', 'success']);
  await sleep(3_400);
  await get(provider);
  t.notSame(await accessors(), first, 'another token beyond the maximum');
  t.notOk(identityCalls.includes('ExpiredCredentials'), 'no reader met a dead token');
  t.same(log.messages('error'), []);
});

await openBaoTest('none of these days left a value, a token or an address in the log', async (t) => {
  t.ok(logs.length > 10 && logs.some((log) => log.lines.length > 0), 'there is something to search');
  for (const log of logs) t.notMatch(log.text(), /canary|root-token|\bs\.\w{20}|127\.0\.0\.1/);
});
