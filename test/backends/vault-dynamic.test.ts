import { inspect } from 'node:util';
import type { Test } from 'tap';
import type { Secret, SecretLease } from '../../src/core/secret.ts';
import { until } from '../e2e/until.ts';
import { createApprole, writePolicy } from './approle.ts';
import { postgresTest } from './backend-test.ts';
import { addRole, addStaticRole, enableDatabase } from './database-engine.ts';
import { type OpenBao, startOpenBao } from './openbao.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { startProvider } from './vault-provider.ts';

const leased = ['database/creds/*', 'database/static-creds/*'];
const POLICY = `path "database/*" { capabilities = ["read"] }
path "sys/leases/renew" { capabilities = ["update"] }
path "sys/leases/revoke" { capabilities = ["update"] }`;

async function startServers(t: Test): Promise<{ readonly bao: OpenBao; readonly postgres: Postgres }> {
  const [bao, postgres] = await Promise.all([startOpenBao(), startPostgres()]);
  t.teardown(async () => {
    await bao.stop();
    await postgres.stop();
  });
  await enableDatabase(bao, postgres);
  return { bao, postgres };
}

interface Account {
  readonly user: string;
  readonly password: string;
}

function toAccount({ value }: Secret): Account {
  const { username: user, password } = JSON.parse(String(value.expose()));
  return { user, password };
}

function leaseOf({ lease }: Secret): SecretLease {
  if (lease === undefined) throw new TypeError('the value is not lent');
  return lease;
}

const isGone = (postgres: Postgres, { user }: Account): Promise<true> =>
  until(`the account is gone`, async () => !(await postgres.hasRole(user)) || undefined);

await postgresTest('an account is made by a read, renewed, and gone when it is given back', async (t) => {
  const { bao, postgres } = await startServers(t);
  await addRole(bao, 'app', { ttl: '4s', maxTtl: '1h' });
  const { get, call } = await startProvider(t, bao, { leased, policy: POLICY });
  const [secret, other] = [await get('database/creds/app'), await get('database/creds/app')];
  const account = toAccount(secret);
  t.not(account.user, toAccount(other).user, 'each read makes an account');
  t.not(secret.version, other.version);
  t.ok(await postgres.lets(account), 'the account works');
  const lease = leaseOf(secret);
  t.equal(lease.durationMs, 4_000);
  t.equal(secret.ttlMs, 4_000);
  t.equal(lease.isRenewable, true);
  const endsAtMs = Date.now() + 6_000;
  while (Date.now() < endsAtMs) {
    // The store counts in whole seconds, and cuts what is left of one.
    t.ok((await lease.renew(call)) >= 3_000, 'renewed for as long again');
    t.ok(await postgres.hasRole(account.user), 'the account lives past its first end');
    await new Promise((resolve) => void setTimeout(resolve, 1_500));
  }
  await isGone(postgres, toAccount(other));
  t.ok(await postgres.hasRole(account.user), 'the other, not renewed, has ended meanwhile');
  await lease.giveBack(call);
  await isGone(postgres, account);
  t.notOk(await postgres.lets(account));
  await lease.giveBack(call);
  await t.rejects(lease.renew(call), { category: 'SecretNotFoundError', message: 'the lease has ended' });
});

await postgresTest('a lease ends by itself, and is not renewed past its maximum', async (t) => {
  const { bao, postgres } = await startServers(t);
  await addRole(bao, 'short', { ttl: '4s', maxTtl: '6s' });
  const { get, call } = await startProvider(t, bao, { leased, policy: POLICY });
  const secret = await get('database/creds/short');
  const lease = leaseOf(secret);
  await new Promise((resolve) => void setTimeout(resolve, 3_500));
  const leftMs = await lease.renew(call);
  t.ok(leftMs < 4_000, `the maximum leaves ${leftMs} ms`);
  await isGone(postgres, toAccount(secret));
  await t.rejects(lease.renew(call), { code: 'SecretDoesNotExist' });
});

await postgresTest('a lease is no longer than the life of the token it was lent to', async (t) => {
  const { bao, postgres } = await startServers(t);
  await addRole(bao, 'long', { ttl: '1h', maxTtl: '2h' });
  await writePolicy(bao, 'lease', POLICY);
  const auth = await createApprole(bao, 'short-lived', { policies: ['lease'], ttl: '6s', maxTtl: '8s' });
  const { provider, get, call } = await startProvider(t, bao, { leased, auth });
  const secret = await get('database/creds/long');
  const lease = leaseOf(secret);
  t.ok(lease.durationMs <= 6_000 && lease.durationMs > 4_000, `${lease.durationMs} ms of an hour`);
  const endsAtMs = Date.now() + 9_000;
  let leftMs = lease.durationMs;
  while (leftMs > 1_000 && Date.now() < endsAtMs) {
    await new Promise((resolve) => void setTimeout(resolve, 1_000));
    leftMs = await lease.renew(call);
  }
  t.ok(leftMs <= 1_000, 'the renewals come to an end with the token');
  await isGone(postgres, toAccount(secret));
  const next = await get('database/creds/long');
  t.ok(await postgres.lets(toAccount(next)), 'the next token lends anew');
  await provider.close();
  await isGone(postgres, toAccount(next));
});

await postgresTest('without the right to renew the lease is as it was', async (t) => {
  const { bao } = await startServers(t);
  await addRole(bao, 'app', { ttl: '1m', maxTtl: '1h' });
  const policy = 'path "database/*" { capabilities = ["read"] } path "sys/leases/renew" { capabilities = ["deny"] }';
  const { get, call } = await startProvider(t, bao, { leased, policy });
  const lease = leaseOf(await get('database/creds/app'));
  const leftMs = await lease.renew(call);
  t.ok(leftMs < 60_000 && leftMs > 50_000, `${leftMs} ms are left`);
  await t.rejects(lease.giveBack(call), { code: 'AccessDenied', message: /'sys\/leases\/revoke'/ });
});

await postgresTest('what is not lent, not there or broken', async (t) => {
  const { bao, postgres } = await startServers(t);
  await addStaticRole(bao, postgres, 'fixed');
  await addRole(bao, 'app', { ttl: '1m', maxTtl: '1h' });
  const { get, provider, call, log } = await startProvider(t, bao, { leased });
  const [fixed, again] = [await get('database/static-creds/fixed'), await get('database/static-creds/fixed')];
  t.equal(fixed.lease, undefined);
  t.ok((fixed.ttlMs ?? 0) > 3_000_000 && (fixed.ttlMs ?? 0) <= 3_600_000, 'kept until the next rotation');
  t.equal(again.version, fixed.version);
  t.ok(await postgres.lets(toAccount(fixed)));
  await t.rejects(get('database/creds/none'), { code: 'SecretDoesNotExist' });
  await t.rejects(get('database/static-creds/none'), { code: 'SecretDoesNotExist' });
  await t.rejects(provider.describe('database/creds/app', call), { code: 'InvalidProvider' });
  await t.rejects(provider.versions('database/creds/app', { limit: 1 }, call), { code: 'InvalidProvider' });
  const secret = await get('database/creds/app');
  const { leases } = await bao.call('sys/leases/lookup/database/creds/app?list=true').then(({ data }) => ({
    leases: data.keys,
  }));
  t.equal(leases.length, 1, 'asking for metadata lends nothing');
  const printed = inspect([secret, provider], { depth: 9, showHidden: true }) + log.text() + JSON.stringify(secret);
  t.notOk(printed.includes(leases[0]), 'the id of the lease is not printed');
  await postgres.stop();
  await t.rejects(get('database/creds/app'), { code: 'InternalError' });
});
