import { until } from '../e2e/until.ts';
import { fails } from '../providers/vault/vault-rig.ts';
import { createApprole } from './approle.ts';
import { openBaoTest } from './backend-test.ts';
import { fillVault, startInstance, startVault, VALUE } from './vault-instance.ts';

const UNAVAILABLE = 'ProviderError/ProviderUnavailable';

await openBaoTest('a server that is uninitialised, then active, then sealed', async (t) => {
  const bao = await startVault(t, { mode: 'empty' });
  const early = await startInstance(t, bao, { auth: { method: 'token', token: 'x' } });
  t.match((await fails(t, early.health(), UNAVAILABLE)).message, /not initialised: .*'operator init'/);
  await fails(t, early.get(), UNAVAILABLE);

  await bao.initialise();
  await until('it is active', async () => (await bao.ask('sys/health')).status === 200 || undefined);
  await fillVault(bao);
  const auth = await createApprole(bao, 'web', { policies: ['app'] });
  const instance = await startInstance(t, bao, { auth });
  const facts = await instance.health();
  t.match(facts, [
    /^the store is unsealed and active \(\d+\.\d+\.\d+.*\)$/,
    "the login by 'approle' works",
    /^the service token has 2 policies and ends in 60 min, if it is not renewed before$/,
  ]);

  await bao.seal();
  t.match((await fails(t, instance.health(), UNAVAILABLE)).message, /is sealed: .* unseal it/);
  t.match((await fails(t, instance.get(), UNAVAILABLE)).message, /is sealed/);
  const logins = instance.identityCalls.length;
  const cold = await startInstance(t, bao, { auth });
  for (let i = 0; i < 50; i++) await fails(t, cold.get(), UNAVAILABLE);
  t.ok(cold.identityCalls.length <= 3, 'reads do not hammer the login');

  await bao.unseal();
  t.equal(await until('the cold one logs in', () => cold.text().catch(() => undefined)), VALUE);
  t.equal(await until('the other reads on', () => instance.text().catch(() => undefined)), VALUE);
  t.equal(instance.identityCalls.length, logins, 'with the token that it had');
});

await openBaoTest('a rate limit on the login', async (t) => {
  const bao = await startVault(t);
  const auth = await createApprole(bao, 'web', { policies: ['app'] });
  await bao.call('sys/quotas/config', { enable_rate_limit_response_headers: true });
  await bao.call('sys/quotas/rate-limit/login', { rate: 1, interval: '1s', path: 'auth/approle/login' });
  const crowd = await Promise.all(Array.from({ length: 5 }, () => startInstance(t, bao, { auth })));
  const outcomes = await Promise.allSettled(crowd.map((instance) => instance.get()));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  t.ok(refused.length > 0, 'some were refused');
  for (const { reason } of refused)
    t.match(reason, { category: 'ProviderError', code: 'RateLimited', details: { retryAfterMs: Number } });
  await bao.call('sys/quotas/rate-limit/login', undefined, 'DELETE');
  for (const instance of crowd) t.equal(await until('it logs in', () => instance.text().catch(() => undefined)), VALUE);
  for (const { log } of crowd) t.same(log.messages('error'), [], 'a limit is a warning');
});

await openBaoTest('a locked API', async (t) => {
  const bao = await startVault(t);
  await bao.call('sys/namespaces/team', {});
  const instance = await startInstance(t, bao, { auth: { method: 'token', token: bao.rootToken }, namespace: 'team' });
  await bao.call('sys/namespaces/api-lock/lock/team', {}, 'PUT');
  t.match((await fails(t, instance.get(), UNAVAILABLE)).message, /locked/);
});
